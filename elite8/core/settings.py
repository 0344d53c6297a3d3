"""Facts of this machine and secrets: from the environment, ./.env, or a systemd credential file."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from elite8.core import places
from elite8.core.clock import Clock, fast_clock, utc_now, zone_of
from elite8.core.errors import ConfigError

WEBHOOK_PORTS = {443, 80, 88, 8443}
"""Where Telegram calls (core.telegram.org/bots/webhooks, as of 2026-11)."""
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""setWebhook, secret_token (core.telegram.org/bots/api, as of 2026-11)."""
LAST_PORT = 65535
NETWORKS = ("tiktok", "instagram", "youtube", "x", "discord")
"""Those that have a simulated address."""
LEAST_TOKEN = 32
"""Characters of a token that nobody guesses."""


def known_address(value: str) -> str:
    """Return ADDRESS:PORT when it is one; a ValueError says how to write it."""
    host, _, port = value.rpartition(":")
    try:
        ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
        fits = port.isascii() and 0 <= int(port) <= LAST_PORT
    except ValueError:
        fits = False
    if not fits or (":" in host) != host.startswith("["):
        raise ValueError("write ADDRESS:PORT, as 127.0.0.1:8088 or [::1]:8088")
    return value


class Settings(BaseSettings):
    """One field per ELITE8_ variable; secrets never show their value."""

    model_config = SettingsConfigDict(
        env_prefix="ELITE8_", env_file=".env", extra="ignore", frozen=True
    )

    state_dir: Path = Field(
        default_factory=places.state_dir, description="Database, finished videos, keys."
    )
    cache_dir: Path = Field(
        default_factory=places.cache_dir, description="Drawn layers; safe to delete."
    )
    config_dir: Path = Field(
        default_factory=lambda: places.config_dir()[0], description="Where config/*.json is read."
    )
    outbox_dir: Path = Field(
        default=Path("outbox"), description="Where `publish --to outbox` puts finished posts."
    )
    database_url: SecretStr = Field(
        default_factory=lambda: SecretStr(places.database_url()),
        description="SQLite by default; a postgresql:// URL works the same.",
    )
    time_zone: str = Field(
        default=places.TIME_ZONE, description="Zone that times are shown in, an IANA name."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level that is logged to stderr."
    )
    log_format: Literal["auto", "columns", "json"] = Field(
        default="auto", description="Columns on a terminal, JSON elsewhere, unless said."
    )
    ffmpeg: str = Field(default="", description="Another FFmpeg than the packaged one.")
    pictures: Literal["auto", "blocks", "kitty", "sixel"] = Field(
        default="auto", description="How the console draws films; auto goes by the terminal's name."
    )
    a2e_api_key: SecretStr | None = Field(default=None, description="Key of the A2E account.")
    a2e_url: str = Field(
        default="https://video.a2e.ai", description="Where A2E answers; https, or this machine."
    )
    youtube_client_id: str = Field(default="", description="Id of your Google OAuth client.")
    youtube_client_secret: SecretStr | None = Field(
        default=None, description="Secret of your Google OAuth client."
    )
    youtube_url: str = Field(default="", description="A simulated YouTube: http://127.0.0.1:PORT.")
    tiktok_client_id: str = Field(default="", description="Client key of your TikTok app.")
    tiktok_client_secret: SecretStr | None = Field(
        default=None, description="Client secret of your TikTok app."
    )
    tiktok_url: str = Field(default="", description="A simulated TikTok: http://127.0.0.1:PORT.")
    x_client_id: str = Field(default="", description="Client id of your X app (OAuth 2.0).")
    x_client_secret: SecretStr | None = Field(
        default=None, description="Client secret of your X app (OAuth 2.0)."
    )
    x_redirect: str = Field(
        default="http://127.0.0.1:8917/callback",
        description="The callback address of your X app, to the letter.",
    )
    x_url: str = Field(default="", description="A simulated X: http://127.0.0.1:PORT.")
    fanvue_client_id: str = Field(default="", description="Client id of your Fanvue app.")
    fanvue_client_secret: SecretStr | None = Field(
        default=None, description="Client secret of your Fanvue app."
    )
    fanvue_redirect: str = Field(
        default="http://127.0.0.1:8918/callback",
        description="The redirect address of your Fanvue app, to the letter.",
    )
    fanvue_url: str = Field(default="", description="A simulated Fanvue: http://127.0.0.1:PORT.")
    discord_bot_token: SecretStr | None = Field(
        default=None, description="Token of a Discord bot that looks where posts went; optional."
    )
    discord_url: str = Field(default="", description="A simulated Discord: http://127.0.0.1:PORT.")
    instagram_url: str = Field(
        default="", description="A simulated Instagram: http://127.0.0.1:PORT."
    )
    instagram_client_id: str = Field(
        default="", description="Id of your Instagram app, for Business Login for Instagram."
    )
    instagram_client_secret: SecretStr | None = Field(
        default=None, description="Secret of your Instagram app."
    )
    instagram_redirect: str = Field(
        default="https://localhost/elite8/",
        description="The https address that your Instagram app sends the browser back to.",
    )
    facebook_client_id: str = Field(
        default="", description="Id of your Meta app, for Instagram by Facebook Login."
    )
    facebook_client_secret: SecretStr | None = Field(
        default=None, description="Secret of your Meta app."
    )
    facebook_redirect: str = Field(
        default="https://www.facebook.com/connect/login_success.html",
        description="The https address that your Meta app sends the browser back to.",
    )
    token_key_from: Literal["auto", "environment", "credential", "keyring", "file"] = Field(
        default="auto", description="Where the key that sign-ins are encrypted with comes from."
    )
    token_key: SecretStr | None = Field(
        default=None,
        description="Key that sign-ins are encrypted with, instead of a generated one.",
    )
    signing_certificate: Path | None = Field(
        default=None, description="PEM chain to sign videos with, instead of a generated one."
    )
    signing_key: Path | None = Field(
        default=None, description="PEM private key of that certificate."
    )

    telegram_token: SecretStr | None = Field(
        default=None, description="Token of your Telegram bot, from @BotFather."
    )
    telegram_url: str = Field(
        default="https://api.telegram.org", description="Where the Bot API answers."
    )
    telegram_webhook_url: str = Field(
        default="", description="The https address at which Telegram reaches the web face."
    )
    telegram_webhook_secret: SecretStr | None = Field(
        default=None, description="What Telegram proves itself with there."
    )
    smtp_host: str = Field(default="", description="Your mail server; empty: no email.")
    smtp_port: int = Field(default=465, ge=1, le=65535, description="465 is TLS, else STARTTLS.")
    smtp_tls: Literal["auto", "implicit", "starttls"] = Field(
        default="auto", description="Where TLS begins; auto goes by the port."
    )
    smtp_user: str = Field(default="", description="Who signs in to the mail server.")
    smtp_password: SecretStr | None = Field(default=None, description="Their password.")
    smtp_from: str = Field(default="", description="Sender of notices; else the user.")
    smtp_to: str = Field(default="", description="Who gets notices by email.")
    bounces_path: Path | None = Field(
        default=None,
        description="A Maildir or mbox of letters that came back; the daemon reads it.",
    )
    webhook_url: SecretStr | None = Field(
        default=None, description="An https address that notices are posted to."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="What those posts are signed with."
    )
    line_channel_id: str = Field(default="", description="Id of your LINE Messaging API channel.")
    line_channel_secret: SecretStr | None = Field(
        default=None, description="Secret of that channel; webhooks are signed with it as well."
    )
    line_url: str = Field(default="", description="A simulated LINE: http://127.0.0.1:PORT.")
    iproyal_username: SecretStr | None = Field(
        default=None, description="Who signs in to the proxy."
    )
    iproyal_password: SecretStr | None = Field(
        default=None, description="Their password, without country and session."
    )
    iproyal_token: SecretStr | None = Field(
        default=None, description="Token of the provider's API, to ask what is left."
    )
    iproyal_url: str = Field(
        default="https://resi-api.iproyal.com/v1", description="Where the provider's API answers."
    )
    web_listen: str = Field(
        default="", description="Where the page answers, as 127.0.0.1:8088; empty: nowhere."
    )
    web_token: SecretStr | None = Field(
        default=None, description="What signs in to the page; at least 32 characters."
    )
    web_url: str = Field(
        default="", description="Where a proxy of yours serves the page: https://…"
    )
    media_url: str = Field(
        default="", description="Where machines share films: s3://BUCKET/FOLDER or file:///FOLDER."
    )
    media_endpoint: str = Field(
        default="", description="Where an S3 that is not Amazon's answers; https, or this machine."
    )
    media_key: str = Field(default="", description="Access key id there; else as AWS's tools do.")
    media_secret: SecretStr | None = Field(default=None, description="The key's secret.")
    clock: str = Field(
        default="", description="A fast clock among simulators, as `config simulate` prints it."
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unset(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Leave out what is set to nothing, as `places` does: .env does not count for it either."""
        return {name: value for name, value in given.items() if value != ""}

    @field_validator("state_dir", "cache_dir", "config_dir", "outbox_dir")
    @classmethod
    def _at_home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            zone_of(value)
        except ValueError:
            raise ValueError(f"{value!r} is not an IANA zone such as Europe/Berlin") from None
        return value

    @field_validator(
        *("a2e_url", "telegram_url", "iproyal_url", "line_url", "fanvue_url", "media_endpoint"),
        *(f"{name}_url" for name in NETWORKS),
    )
    @classmethod
    def _safe_to_send_a_key(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1"):
            return value.rstrip("/")
        raise ValueError("write https://…, or http://127.0.0.1:PORT for the simulator")

    @field_validator("media_url")
    @classmethod
    def _a_place_without_a_key(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (not parts.scheme or "@" in parts.netloc or not parts.path.strip("/")):
            raise ValueError("write s3://BUCKET/FOLDER or file:///FOLDER, without a key in it")
        return value.rstrip("/")

    @field_validator("web_listen")
    @classmethod
    def _an_address(cls, value: str) -> str:
        return known_address(value) if value else value

    @field_validator("web_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < LEAST_TOKEN:
            raise ValueError(
                f"has under {LEAST_TOKEN} characters; make one: openssl rand -base64 33"
            )
        return value

    @field_validator("web_url")
    @classmethod
    def _a_page_over_tls(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/")):
            raise ValueError("write https://NAME; the page is at its top")
        return value.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _safe_to_post_to(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            cls._safe_to_send_a_key(value.get_secret_value())
        return value

    @field_validator("telegram_webhook_url")
    @classmethod
    def _where_telegram_goes(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme != "https" or (parts.port or 443) not in WEBHOOK_PORTS):
            raise ValueError("write https://…, with no port or 443, 80, 88 or 8443")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _as_telegram_takes_it(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("is 1 to 256 letters of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("smtp_from", "smtp_to", "smtp_host")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if any(sign in value for sign in "\r\n"):
            raise ValueError("is one line")
        return value

    @field_validator("clock")
    @classmethod
    def _fast_among_simulators_only(cls, value: str, known: ValidationInfo) -> str:
        if not value:
            return value
        asked = [known.data.get(f"{name}_url", "") for name in NETWORKS]
        asked += [known.data.get("a2e_url", "")] if known.data.get("a2e_api_key") else []
        asked += [known.data.get("line_url", "")] if known.data.get("line_channel_id") else []
        asked += [known.data.get("fanvue_url", "")] if known.data.get("fanvue_client_id") else []
        if known.data.get("smtp_host", "") not in {"", "localhost", "127.0.0.1"}:
            raise ValueError("only where the mail server is this machine's own; unset it")
        if not all(url.startswith("http://127.0.0.1") for url in asked):
            raise ValueError("only where every network is a simulated one; unset it")
        return str(fast_clock(value))

    @property
    def now(self) -> Clock:
        """The clock to go by."""
        return fast_clock(self.clock) if self.clock else utc_now

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times are shown in."""
        return ZoneInfo(self.time_zone)


def load() -> Settings:
    """Read the settings; a wrong one is a ConfigError that names its variable, never its value."""
    if theirs := places.of_another():
        raise ConfigError(
            f"{theirs} is another user's, and would decide for you: run elite8 in a folder of your "
            "own, or make it yours (chown)"
        )
    credentials = places.environment().get("CREDENTIALS_DIRECTORY")
    try:
        return Settings(_secrets_dir=credentials or None)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        name = "ELITE8_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigError(f"{name}: {first['msg']}") from None
