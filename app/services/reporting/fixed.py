"""Sentences without figures of this survey: how to read a report, what it cannot say, and law."""

from collections.abc import Mapping

FIXED: Mapping[str, str] = {
    "synthetic": "SYNTHETIC DATA. Every person, answer and figure in this report is made up.",
    "small_numbers": (
        "Counts under 10 show as “fewer than 10”. Where “or not shown” stands beside it, the "
        "number is that small, or it would tell a smaller one. Bases of 10 to 29 have counts only; "
        "30 to 49 have percentages to be taken with care."
    ),
    "withheld": "Every count is under 10, or not shown to protect one that is: {titles}.",
    "intervals": (
        "“Likely” gives the range the true share lies in 95 times out of 100 if the people heard "
        "were like those not heard. Nobody was drawn at random into this survey, so ranges are "
        "indicative."
    ),
    "changes": (
        "A figure is said to rise or fall only where the difference is at least 3 points, both "
        "bases are at least 30, and it stays clear after correcting for how many were compared at "
        "once (Benjamini and Hochberg, 5%). Otherwise: no clear change."
    ),
    "frozen": (
        "This report is frozen. Its figures are those released as at {as_at} and do not change, "
        "whatever comes in later. Quotations are looked up each time it is read and go as soon as "
        "a person takes consent back; before passing a copy on, take a fresh one."
    ),
    "ledger": (
        "Every sentence with a figure was made by rule from the tables in this report and can be "
        "made again from them."
    ),
    "no_rate": (
        "Anyone with the link could answer, so there is no response rate: nobody knows how many "
        "people saw it."
    ),
    "coder": "A computer ({coder}) suggested themes; shares rest on what people decided.",
    "no_coder": "No computer has read these answers.",
    "quotes": "Words of people who agreed to be quoted, checked by two members of staff.",
    "unweighted": "Figures are not weighted.",
    "weighted": (
        "Weighted figures are raked to the people referred ({source}); they are indicative."
    ),
    "reading_read": (
        "People have read {read} of {texts} written answers. Shares are of the answers read."
    ),
    "reading_sample": (
        "People read {drawn} answers drawn at random out of {texts}. Shares are estimates for all "
        "answers; for shares in the middle, a computer's reading of the others narrows the range."
    ),
    "reading_counts": (
        "People have read {read} of {texts} written answers so far. Shares are not shown until at "
        "least 100 drawn at random have been read: until then a share could mislead."
    ),
    "ways": (
        "Whoever reads an answer notes whether it praises or criticises what it raises. Shares are "
        "of the answers that raise the theme. Themes of which nothing may be shown are left out."
    ),
    "ways_counted": (
        "Whoever reads an answer notes whether it praises or criticises what it raises. These are "
        "counts of the answers read, and no share of all answers. Themes of which nothing may be "
        "shown are left out."
    ),
    "nothing_read": "Too few written answers have been read to name a theme.",
    "no_period": "There is no earlier period of the same kind to compare with.",
    "no_margin": "There are no counts of people referred to compare with.",
    "no_gaps": "No need and barrier was named by enough people to show.",
    "no_outcomes": (
        "No start and end forms were paired for this period, so nothing can be said of outcomes."
    ),
    "no_cases": (
        "No cases, or too few to show, were handed over to Heard for these quarters. The case "
        "system's own return stands in their place."
    ),
    "no_service": (
        "No answer of this survey is recorded against {service}. What people say below is of "
        "everyone who answered and must not be read as this service's."
    ),
    "service_is": (
        "What people say below is of those whose answers name {service}, which may be wider than "
        "the contract."
    ),
    "no_complaints": "Complaints are not held in Heard; the provider's own return must say.",
    "no_workforce": (
        "Spending, staffing and waiting lists are not held in Heard; the provider's own return "
        "must say."
    ),
    "no_chain": (
        "No sub-provider is recorded under this service. Nothing is left out on that account."
    ),
    "no_rights": (
        "This survey does not ask about single rights of the Victims' Code. Use the Victims' Code "
        "survey for a table by right and agency."
    ),
    "no_indicators": "This survey asks for none of the headline indicators.",
    "not_asked": "This survey does not ask about this.",
    "no_actions": "Nothing with a date is open in the register.",
    "no_decisions": "No decision has been entered in the gap register yet.",
    "no_evidence": "No research, group or interview has been put on the evidence shelf.",
    "no_providers": (
        "No provider survey has answers to show here, so the providers' view is missing."
    ),
    "safeguarding": (
        "Only how many, never what was said. Counts are of answers, not people, and are "
        "rounded to 5."
    ),
    "cause": (
        "Change between start and end is not proof that the service caused it: people who start "
        "low tend to rise whatever is done. There is no comparison group."
    ),
    "rights": (
        "Shares are of those the right was due to: fully, partly or no. “Not sure” stands apart, "
        "because not knowing is itself a finding about how people were told."
    ),
    "agencies": (
        "Agencies are those named by people who had a right only partly or not at all; one person "
        "may name several, and the Code may not make the named agency responsible."
    ),
    "benchmarks": (
        "Figures from elsewhere stand beside ours and are never mixed with them. Wording, people "
        "and years differ; a difference is a question to ask, not a finding."
    ),
    "cascade": (
        "The need cascade multiplies published assumptions. It is a scenario to discuss, not a "
        "count of anybody, and each assumption may be changed on the page “Beside others”."
    ),
    "law": (
        "The duty to comply with the Victims' Code began on 29 January 2025 (Victims and Prisoners "
        "Act 2024, section 5). Sections 7 and 8, on collecting victims' feedback and reviewing "
        "compliance, had not begun when this was written (ministerial answer of 1 June 2026); a "
        "new Code was consulted on in 2026. Check both before relying on this chapter."
    ),
    "commissioning": (
        "Local commissioning of victims' services rests on the Ministry of Justice's guidance of "
        "12 December 2024, which refreshed the framework of May 2013 (cope with the immediate "
        "impact, recover from harm)."
    ),
    "area_data": (
        "Recorded crime, the Crime Survey and population are not held in Heard. What follows is "
        "only whom services were told of, and whom we heard."
    ),
    "groups": (
        "Every group is listed even where nobody, or too few people, were heard: an empty line is "
        "a finding about our reach, not about need."
    ),
    "skews": "Groups heard much less than they are referred are named, so that silence is seen.",
    "panel_purpose": (
        "This paper tells the {panel} what victims told us in the period, what was done about it, "
        "and how far the figures can be relied on."
    ),
    "for_information": "The panel is asked to note this paper; it is for information only.",
    "to_note": "The panel is asked to note the findings and the actions due.",
    "to_agree": "The panel is asked to agree the actions set out under “Next steps”.",
    "engagement": (
        "People answered a survey that never asks what happened, lets every question be skipped, "
        "and shows support lines on every page. How they reached it is shown below."
    ),
    "lcjb_purpose": (
        "For the Local Criminal Justice Board: where victims say their rights were kept, and which "
        "agency they name where they were not."
    ),
    "method": (
        "The survey was designed with trauma-informed rules, approved by a second person before "
        "it opened, and answered without an account. Written answers were read by staff against a "
        "codebook; nothing here quotes or counts anybody who withdrew before the release."
    ),
    "conclusion": (
        "These figures say what people told us. They do not say what those we did not hear would "
        "have said; who is missing is set out above."
    ),
    "glossary_base": "Base: how many people or answers a share is of.",
    "glossary_theme": "Theme: a subject people raise, as defined in the codebook.",
    "glossary_gap": "Gap: a need that people named together with what got in its way.",
    "glossary_range": "Likely range: where the true share lies 95 times out of 100.",
    "glossary_frozen": "Frozen: fixed on the day it was made, and never changed after.",
}
