"""Answers that decline: as an AI, for want of ability, by policy, or because the question is off the topic.

They are four rules, for they are not equally unwanted. What a model says about its own inability teaches nothing but to
decline. A refusal by policy and a turn back to the topic are what guardrail data is made of, and no text tells whether
they were meant; both are off by default. "The documents do not say" is hit by none of the four.
"""

import re

from curate.lint.exchange import LONGEST, Exchange, excerpt

AI_LITERALS = (
    "as an ai",
    "as an artificial intelligence",
    "as a language model",
    "as a large language model",
    "i am an ai",
    "i'm an ai",
    "i\u2019m an ai",
    "i'm just an ai",
    "i'm only an ai",
    "i am just an ai",
    "i am only an ai",
    "ai language model",
)
_KIND = (
    r"(?:ai(?:[ -]powered)?|artificial intelligence|(?:large )?language model)"
    r"(?: (?:language )?(?:model|assistant|system|chatbot))?"
)
_AI = re.compile(
    rf"(?:\A|[.!?,;:\n][\"']?\s*|\b(?:but|because|since|and|that)\s+)"
    rf"(?:as an? {_KIND}\b[^.!?\n\"]{{0,60}}?\b(?:I|my|me)\b|I(?:['\u2019]m| am) (?:just |only )?"
    rf"an? {_KIND}\b)",
    re.IGNORECASE,
)
_ABOUT_AI = re.compile(
    r"\b(?:ai|a\.i\.|artificial|robots?|bots?|chatbots?|language models?|gpt\S*|assistants?|machines?|computers?"
    r"|who are you|what are you|are you|your name|yourself)\b",
    re.IGNORECASE,
)
# Where words of someone else are asked for, what they say is theirs.
_FOR_ANOTHER = re.compile(
    r"\b(?:dialogues?|conversations?|story|stories|role|roleplay|pretend|imagine|script|scene|speech|poem|letter"
    r"|e-?mail|message|tweet"
    r"|post|reply|replies|respond|response|apolog\w+|customer|quote|sentence|translate|rewrite|rephrase"
    r"|paraphrase|edit|correct|convert|example|complete|say|saying|note|line|excuse|decline)\b",
    re.IGNORECASE,
)

INABILITY_LITERALS = (
    "gpt",
    "language model",
    "by the model",
    "the model can",
    "this model can",
    "this task",
    "this instruction",
    "this request",
    "the instruction",
    "the task",
    "no output",
    "nooutput",
    "visual output",
    "text-based",
    "sorry",
)
_INABILITY = re.compile(
    r"\A[<\[(\s]*no ?output\b[>\])]?[^\n]{0,20}?\b(?:this|the|as|cannot|can['\u2019]t"
    r"|because|since|due|requires?|needed)\b"
    r"|\b(?:this|the) (?:instruction|task|request|prompt)\b[^.\n]{0,60}?"
    r"\b(?:cannot|can not|can['\u2019]t|is(?: not|n['\u2019]t) (?:possible|feasible)"
    r"|is (?:impossible|unable|not suitable|not appropriate)|requires?)\b[^.\n]{0,80}?"
    r"\b(?:gpt|language model|ai\b|the model|this model|visual|graphical?|non-text\w*|not text|flow ?chart"
    r"|physical\w*|text-based)|\b(?:gpt\S*|language) models?\b[^.\n]{0,20}\b(?:cannot|can not|can['\u2019]t"
    r"|(?:is|are) (?:not able|unable))\b",
    re.IGNORECASE,
)
_ABOUT_MODELS = re.compile(r"\b(?:gpt\S*|language models?|models?|ai|artificial|limitations?)\b", re.IGNORECASE)
_LONGEST_INABILITY = 400

REFUSAL_LITERALS = (
    "sorry",
    "apologi",
    "i can't",
    "i can\u2019t",
    "i cannot",
    "i am unable",
    "i'm unable",
    "i\u2019m unable",
    "i won't",
    "i won\u2019t",
    "not able to",
)
_CANNOT = (
    r"(?:can['\u2019]?t|cannot|can not|could not|won['\u2019]?t|am unable to|['\u2019]m unable to"
    r"|am not able to|['\u2019]m not able to)"
)
_REFUSAL = re.compile(
    r"\A\W*(?:(?:i['\u2019]m|i am|we are|we['\u2019]re)? ?(?:very |so |really )?sorry\b"
    r"|i (?:must )?apologi[sz]e\b|(?:my |our )?apologies\b|unfortunately\b|no\b)?"
    rf"[^.!?\n]{{0,40}}?\b(?:i|we) ?{_CANNOT} (?:\w+ ){{0,2}}?"
    r"(?:help(?! but\b)|assist|answer|provide|reveal|share|disclose|discuss|fulfil\w*|comply|do that|complete"
    r"|generate|create|write|engage|support|give|offer|tell"
    r"|access|open|browse|view|see|perform|process|respond|recommend)\b",
    re.IGNORECASE,
)
_SORRY_TASK = re.compile(
    r"\A\W*sorry\b[^.\n]{0,80}\b(?:cannot|can['\u2019]t|unable)\b[^.\n]{0,60}\b(?:model|generated?|provided?|completed?)\b",
    re.IGNORECASE,
)

DEFLECTION_LITERALS = (
    "keep the discussion",
    "keep our discussion",
    "keep the conversation",
    "keep our conversation",
    "stay on topic",
    "only answer questions about",
    "only help with questions",
)
_DEFLECTION = re.compile(
    r"\A.{0,80}?\b(?:let['\u2019]?s|please|can we|we should|i can|i am able to)\b.{0,30}?"
    r"\b(?:keep (?:the|our) (?:discussion|conversation)\b.{0,40}?\b(?:relevant|related|focus\w*|about|on|to)"
    r"|stay on topic|only (?:answer|help with) questions)",
    re.IGNORECASE | re.DOTALL,
)


def ai_disclaimer(row: Exchange) -> str | None:
    """Find an answer that speaks of itself as an AI, unasked."""
    text = row.response[:LONGEST]
    found = _AI.search(text)
    if found is None or _ABOUT_AI.search(row.task) or _FOR_ANOTHER.search(row.task):
        return None
    return excerpt(text, found.start())


def inability(row: Exchange) -> str | None:
    """Find a short answer that says that the task is nothing for a language model."""
    if len(row.response) > _LONGEST_INABILITY:
        return None
    found = _INABILITY.search(row.response) or _SORRY_TASK.search(row.response)
    return None if found is None or _ABOUT_MODELS.search(row.task) else excerpt(row.response)


def refusal(row: Exchange) -> str | None:
    """Find an answer that opens with "I'm sorry, but I can't help" or its like."""
    found = _REFUSAL.match(row.response) or _SORRY_TASK.match(row.response)
    return None if found is None or _FOR_ANOTHER.search(row.task) else excerpt(row.response)


def deflection(row: Exchange) -> str | None:
    """Find an answer that only turns back to the topic."""
    found = _DEFLECTION.search(row.response[:300])
    return None if found is None or len(row.response) > 300 else excerpt(row.response)
