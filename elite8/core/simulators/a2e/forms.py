"""The fields of every call, with their types and ranges. Source: api/a2e.md, section by section."""

from elite8.core.simulators.a2e.rules import (
    Field,
    Form,
    address,
    choice,
    counted,
    flag,
    instant,
    listed,
    mapping,
    number,
    object_id,
    text,
)

NOTHING: Form = {}

NEVER = {
    "minor_suspected_skip": "switches a child-safety check off",
    "mask_face": "hides a face from a check",
    "isToPublicPool": "may publish the video",
    "video_length": "is deprecated",
}
"""Fields that exist but that our side promises never to send: api/a2e.md 2.2, 7.1, 10.2."""

WEBHOOK: Form = {  # [S] section 13
    "webhook_url": Field(check=text(most=2048)),
    "webhook_token": Field(check=text(most=256)),
}

QUOTE: Form = {  # [S] generation/quote
    "endpoint": Field(check=text(most=200, least=1), required=True),
    "requestBody": Field(check=mapping, required=True),
}

CREDITS: Form = {  # [S] transactionRecord/creditsHistory
    "pageNum": Field(check=counted()),
    "pageSize": Field(check=counted()),
    "is_consumption": Field(check=choice("true", "false")),
    "startDate": Field(check=instant),
    "endDate": Field(check=instant),
}

UPLOAD: Form = {  # [S] r2/upload-presigned-url
    "key": Field(check=text(most=500, least=1), required=True),
    "contentType": Field(check=text(most=100, least=3)),
    "contentLength": Field(check=number(1, 1 << 40)),
    "fileSize": Field(check=number(1, 1 << 40)),
    "expiresIn": Field(check=number(60, 604_800, whole=True)),
    "bucket": Field(check=choice("3days-apac")),
    "urlPrefix": Field(check=text(most=100, least=1)),
    "cdnDomain": Field(check=text(most=100, least=1)),
}

PICTURE: Form = {  # [S] userText2Image/start; the range of width and height is INFERRED
    "prompt": Field(check=text(least=1), required=True),
    "name": Field(check=text(most=200)),
    "width": Field(check=number(256, 4096)),
    "height": Field(check=number(256, 4096)),
    "model_type": Field(check=choice("a2e", "seedream")),
    "input_images": Field(check=listed(address, most=10)),
    "aspect_ratio": Field(
        check=choice("1:1", "4:3", "3:4", "16:9", "9:16", "2:3", "3:2", "21:9"),
    ),
    "max_images": Field(check=number(1, 8, whole=True)),
    "skip_face_enhance": Field(check=flag),
    **WEBHOOK,
}

IMAGE_VIDEO: Form = {  # [S] userImage2Video/start
    "image_url": Field(check=address, required=True),
    "name": Field(check=text(most=200)),
    "prompt": Field(check=text()),
    "negative_prompt": Field(check=text()),
    "model_type": Field(check=choice("GENERAL", "FLF2V")),
    "end_image_url": Field(check=address),
    "model_version": Field(check=choice("a2e", "a2e-v2", "a2e-v2-flash")),
    "video_time": Field(check=choice(5, 10, 15, 20)),
    "number_of_images": Field(check=number(1, 8, whole=True)),
    "extend_prompt": Field(check=flag),
    "skip_face_enhance": Field(check=flag),
    "lora": Field(check=text(most=200)),
    **WEBHOOK,
}

TWIN: Form = {  # [S] userVideoTwin/startTraining; gender [C7]
    "name": Field(check=text(most=200, least=1), required=True),
    "gender": Field(check=choice("female", "male")),
    "image_url": Field(check=address),
    "video_url": Field(check=address),
    "video_background_image": Field(check=address),
    "video_background_color": Field(check=text(most=100)),
}

SPEECH: Form = {  # [S] video/send_tts: the schema says 3000 characters, the text 1000 for API users
    "msg": Field(check=text(most=1000, least=1), required=True),
    "tts_id": Field(check=object_id),
    "user_voice_id": Field(check=object_id),
    "country": Field(check=text(most=10)),
    "region": Field(check=text(most=10)),
    "speechRate": Field(check=number(0.5, 2.0)),
}

AVATAR_VIDEO: Form = {  # [S] video/generate; 2160 is INFERRED
    "anchor_id": Field(check=object_id, required=True),
    "anchor_type": Field(check=choice(0, 1), required=True),
    "audioSrc": Field(check=address),
    "custom_voice": Field(check=address),
    "title": Field(check=text(most=40)),
    "resolution": Field(check=choice(720, 1080, 2160)),
    "back_id": Field(check=object_id),
    "custom_back_id": Field(check=object_id),
    "color": Field(check=text(most=60)),
    "anchor_background_img": Field(check=address),
    "anchor_background_color": Field(check=text(most=60)),
    **{
        f"web_{part}_{side}": Field(check=number(0, 4096))
        for part, side in (
            *(("bg", "width"), ("bg", "height"), ("people", "width"), ("people", "height")),
            *(("people", "x"), ("people", "y")),
        )
    },
    "isSkipRs": Field(check=flag),
    "isCaptionEnabled": Field(check=flag),
    "captionAlign": Field(check=mapping),
    "msg": Field(check=text()),
    **WEBHOOK,
}

ONE: Form = {"_id": Field(check=object_id, required=True)}  # [D:aws], [S] userVideoTwin/remove
DETAIL: Form = {"video_id": Field(check=object_id, required=True)}  # [S] video/detail
BATCH: Form = {  # [S] batchDetail; at most 200 by its siblings
    "ids": Field(check=listed(object_id, most=200, least=1), required=True),
}
PAGES: Form = {  # [S] allRecords: pageSize 1-100
    "pageNum": Field(check=counted()),
    "pageSize": Field(check=counted(100)),
}
TWINS: Form = {  # [S] userVideoTwin/records
    **PAGES,
    "status": Field(check=choice("pending", "processing", "completed", "failed")),
}
VIDEOS: Form = {
    "current": Field(check=counted()),
    "pageSize": Field(check=counted(100)),
}  # [C1 live]
VOICES: Form = {  # [S] anchor/voice_list
    "country": Field(check=text(most=10)),
    "region": Field(check=text(most=10)),
    "voice_map_type": Field(check=text(most=20)),
}
ANCHORS: Form = {  # [C8], [C17] anchor/character_list
    "type": Field(check=choice("default", "custom")),
    "user_video_twin_id": Field(check=object_id),
}
