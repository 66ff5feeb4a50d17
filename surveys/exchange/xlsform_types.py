"""What becomes of each XLSForm question type."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from surveys.kinds import Kind


class Fate(StrEnum):
    """What becomes of a row of the survey sheet."""

    ASKED = "asked"
    COMPUTED = "computed"
    NOT_COLLECTED = "not_collected"
    #: Bookkeeping of the form itself; nothing a person would miss.
    IGNORED = "ignored"


#: Types that are asked, with the kind they become; pyxform has resolved the aliases.
ASKED: Mapping[str, Kind] = MappingProxyType(
    {
        "select one": Kind.SINGLE,
        "select one external": Kind.SINGLE,
        "select all that apply": Kind.MULTIPLE,
        "rank": Kind.RANKING,
        "text": Kind.SHORT_TEXT,
        "string": Kind.SHORT_TEXT,
        "integer": Kind.NUMBER,
        "int": Kind.NUMBER,
        "decimal": Kind.NUMBER,
        "range": Kind.NUMBER,
        "date": Kind.DATE,
        "time": Kind.SHORT_TEXT,
        "datetime": Kind.SHORT_TEXT,
        "dateTime": Kind.SHORT_TEXT,
        "note": Kind.INFO,
        "acknowledge": Kind.CONSENT,
        "trigger": Kind.CONSENT,
    }
)
WHOLE = frozenset({"integer", "int"})
TIMES = frozenset({"time", "datetime", "dateTime"})

#: Types a survey of victims does not collect, with the reason given in the report.
NOT_COLLECTED: Mapping[str, str] = MappingProxyType(
    {
        "geopoint": "Where a person is must not be recorded: it could lead to them.",
        "gps": "Where a person is must not be recorded: it could lead to them.",
        "geotrace": "Where a person went must not be recorded: it could lead to them.",
        "geoshape": "Where a person is must not be recorded: it could lead to them.",
        "osm": "Map features are not collected.",
        "barcode": "Barcodes need the phone’s camera, which a browser page does not ask for.",
        "photo": "Pictures can show who and where a person is.",
        "image": "Pictures can show who and where a person is.",
        "audio": "Recordings can show who a person is.",
        "background-audio": "A person must never be recorded in the background.",
        "video": "Recordings can show who and where a person is.",
        "file": "Files carry hidden details of who made them and where.",
        "phonenumber": "The phone’s number would identify the person.",
        "phone number": "Contact details are kept apart from answers.",
        "deviceid": "The device would identify the person.",
        "uri:deviceid": "The device would identify the person.",
        "subscriberid": "The SIM card would identify the person.",
        "simserial": "The SIM card would identify the person.",
        "simid": "The SIM card would identify the person.",
        "imei": "The device would identify the person.",
        "username": "The account would identify the person.",
        "email": "The account would identify the person.",
        "start": "Times to the second are not kept: answers carry the day only.",
        "end": "Times to the second are not kept: answers carry the day only.",
        "audit": "How a person moves through the pages is not recorded.",
        "start-geopoint": "Where a person is must not be recorded: it could lead to them.",
        "xml-external": "Outside files are not read.",
        "csv-external": "Outside files are not read.",
        "select one from file": "Outside files are not read, so there is nothing to choose from.",
    }
)
COMPUTED = frozenset({"calculate", "today", "hidden"})
CONTAINERS = frozenset({"group", "repeat", "loop", "survey"})
IGNORED = frozenset({"attribute", "entity", "label", "instanceID", "instanceName"})


def fate(type_name: str) -> Fate:
    """Return what becomes of a type; a type nobody knows is not collected."""
    if type_name in ASKED:
        return Fate.ASKED
    if type_name in COMPUTED:
        return Fate.COMPUTED
    return Fate.IGNORED if type_name in IGNORED else Fate.NOT_COLLECTED
