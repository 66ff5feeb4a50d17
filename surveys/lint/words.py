"""Words and phrases the lint looks for, with what to say instead.  Lists, to be argued about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(phrases) + r")\b", re.IGNORECASE)


LEADING = _any(
    r"do(?:n['’]t| not) you (?:think|agree|feel)", r"is(?:n['’]t| not) it", r"surely", r"obviously",
    r"clearly", r"of course", r"most people (?:think|agree|feel)", r"as you know",
    r"how (?:good|great|excellent|helpful|bad|terrible) (?:was|were|is|are)",
    r"how much (?:do|did) you (?:like|love|enjoy|hate)",
    r"(?:excellent|wonderful|terrible|shocking) (?:service|support|police|help)",
)  # fmt: skip
BLAMING = _any(
    r"why did(?:n['’]t| not)? you", r"why (?:have|had)(?:n['’]t| not) you",
    r"why were(?:n['’]t)? you",
    r"what did you do to", r"could you have (?:done|avoided|prevented|stopped)",
    r"should you have", r"did you (?:provoke|encourage|lead|resist|fight back|say no)",
    r"what were you (?:wearing|doing)", r"had you been drinking", r"were you (?:drunk|drinking)",
    r"your (?:fault|own actions)", r"allow(?:ed)? (?:it|this|him|her|them) to happen",
    r"fail(?:ed)? to (?:report|tell|leave)", r"did you lie",
)  # fmt: skip
STORY = _any(
    r"what happened to you", r"(?:describe|explain) (?:the |your |what )?(?:incident|event|crime|"
    r"abuse|attack|assault|happened)",
    r"tell us (?:about )?(?:what happened|the incident|your story)",
    r"in (?:as much )?detail", r"your story", r"what (?:exactly )?did (?:he|she|they) do",
    r"details of (?:the|what)",
)  # fmt: skip
IDENTITY = _any(
    r"(?:your|full|first|last|sur)\s?name", r"name of (?:the )?(?:person|offender|officer|suspect|"
    r"worker|child)", r"(?<!person )who did (?:it|this)", r"who was (?:it|the offender)",
    r"your (?:home )?address",
    r"post ?code", r"date of birth", r"(?:crime|case) (?:reference )?number", r"national insurance",
    r"phone number", r"email address", r"car registration",
)  # fmt: skip
REVEALING = _any(
    r"victims?", r"crimes?", r"criminal", r"abus\w*", r"assault\w*", r"rape\w*", r"sexual\w*",
    r"domestic", r"violen\w*", r"stalk\w*", r"harass\w*", r"hate", r"polic\w*", r"court\w*",
    r"trials?",
    r"offen\w*", r"isva", r"idva", r"safe(?:ty|guarding)?", r"survivors?", r"trauma\w*", r"pcc",
    r"opcc",
    r"witness\w*", r"justice", r"support service",
)  # fmt: skip
NEGATIVE = _any(r"not", r"never", r"no longer", r"nothing", r"nobody", r"without", r"\w+n['’]t")
OTHER = _any(r"other", r"something else", r"someone else", r"another")

#: Jargon and what to write instead.
JARGON: Mapping[str, str] = MappingProxyType(
    {
        "isva": "an adviser for people after sexual violence (ISVA)",
        "idva": "an adviser for people after domestic abuse (IDVA)",
        "marac": "a meeting of services about how to keep you safe",
        "mash": "the team that keeps children safe",
        "lcjb": "the group of local justice services",
        "opcc": "the Police and Crime Commissioner’s office",
        "pcc": "the Police and Crime Commissioner",
        "cps": "the Crown Prosecution Service, who take cases to court",
        "nfa": "closed without going to court",
        "vps": "Victim Personal Statement: how it affected you",
        "rj": "restorative justice",
        "perpetrator": "the person who did it",
        "offender": "the person who did it",
        "suspect": "the person they think did it",
        "disclose": "tell",
        "disclosure": "what you told us",
        "signpost": "tell you where to get help",
        "signposted": "told where to get help",
        "multi-agency": "several services together",
        "safeguarding": "keeping people safe",
        "holistic": "for all your needs",
        "stakeholder": "people and groups involved",
        "service user": "people who use the service",
        "provision": "help there is",
        "utilise": "use",
        "commence": "start",
        "prior to": "before",
        "regarding": "about",
        "in relation to": "about",
        "commissioned": "paid for",
        "intervention": "help",
        "referral": "being put in touch",
        "referred": "put in touch",
        "outcome": "what came of it",
        "satisfaction": "how happy you are",
        "demographic": "about you",
        "protected characteristics": "things about you such as age or ethnic group",
        "adjournment": "when a court date is put off",
        "remand": "kept in prison before the trial",
    }
)
JARGON_PATTERN = _any(*(re.escape(word) + "s?" for word in JARGON))
