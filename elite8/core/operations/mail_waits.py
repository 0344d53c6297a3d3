"""Whether messages want a round of the postman; each tick asks, so nothing large is loaded."""

from datetime import timedelta

from elite8.core.domain.mailing import DeliveryStatus
from elite8.core.operations import letterbox
from elite8.core.storage import people
from elite8.core.studio import Studio

DAY = timedelta(days=1)
OPEN = (DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN)


def are_there(studio: Studio) -> bool:
    """Return whether a message waits or is in doubt, or letters came back."""
    now = studio.clock()
    with studio.database.transaction() as session:
        if people.waiting(session) or people.unfinished(
            session, "email", now - 7 * DAY, DeliveryStatus.SENDING
        ):
            return True
        if studio.settings.line_channel_id and people.unfinished(session, "line", now - DAY, *OPEN):
            return True
    return came_back(studio)


def came_back(studio: Studio) -> bool:
    """Return whether letters came back to this machine since it looked last."""
    place = studio.settings.bounces_path
    return place is not None and letterbox.changed(place, letterbox.mark(studio.settings))
