"""The words that headings are told apart by. English only: other languages fall back to quoting the heading."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Verbs that a heading may begin with as an order.
VERBS = _words(
    """
    accept access activate add adjust apply approve archive arrange ask assemble assign attach attend avoid
    become begin book bring build buy calculate calibrate call cancel capture change choose claim clean clear
    close collect combine communicate complete configure connect consider contact contribute convert copy create
    customize decide define delete deliver demonstrate deploy describe determine develop disable discover
    document download draft edit embed enable encourage enroll ensure enter establish evaluate explain export
    extend file fill find finish fix focus follow format gather generate get give handle hire identify implement
    import improve include inform insert install introduce invite join keep know launch learn leave link list
    log lower maintain make manage measure meet migrate monitor move name nominate notify obtain offboard
    onboard open order organize pair pay plan post prepare prevent print promote propose protect provide publish
    put raise reach read receive recommend record recover reduce register reimburse reinstall remove rename
    renew replace report request require reserve reset resolve respond restart restore return review revoke run
    save schedule search select send set share sign silence solve speak start stay stop store submit subscribe
    support switch sync talk test track train transfer travel troubleshoot try turn understand uninstall unlock
    update upgrade upload use validate verify view visit wait watch work write
    """
)

# Those of them that are nouns as well ("Travel policies"): they count as verbs only before one of the next list.
NOUNS_TOO = _words(
    """
    access approach archive ask book build buy call change claim contact copy deliver design document draft
    export file fill find fix focus format hire import insert launch leave link list log measure move name
    offboard onboard open order pair pay plan post print process raise reach record release report request
    reserve reset return review run schedule search set sign start stay stop store support switch sync talk test
    track train transfer travel try turn update upgrade use view visit wait watch work
    """
)

# What follows a verb, and seldom a noun.
AFTER_A_VERB = _words(
    """
    a about all an another any as at by each every for from how if in into it its new off on one onto our out
    that the their them these this those to two up us what when with your
    """
)

# Words in -ing that a heading uses as nouns.
NO_GERUNDS = _words(
    """
    according accounting anything being billing briefing building ceiling concerning during engineering evening
    everything heading hiring including king listing marketing meeting morning offboarding nothing onboarding pricing
    rating recording regarding ring setting sibling something spring staffing string testing thing training warning
    wedding wing
    """
)

# Words that alone do not say what a section is about.
GENERAL = _words(
    """
    a about additional an and appendix are as at background basics before by conclusion contents description
    detail details do example examples faq faqs final for from general getting in info information intro
    introduction is item key last links list main misc miscellaneous more next note notes of on or other
    overview point points purpose quick reading reference references related resource resources scope section
    see started step steps summary table that the these this tip tips to toc usage useful welcome what why with
    you your
    """
)

# Words that say what a general heading is general about: the whole document.
SPEAK_OF_ALL = _words("about background introduction intro overview purpose scope summary welcome")

# What a question begins with.
ASKING = _words(
    """
    am are can could did do does has have how is may must should what when where which who whom whose why will would
    """
)

# Verb forms that make a heading a sentence.
FINITE = _words(
    """
    are aren't can't cannot did do does doesn't don't get gets had has have is isn't may might must need needs shall
    should was were will won't would
    """
)

# Words that begin half a sentence, or speak for somebody.
OPENERS = _words(
    """
    additionally after also although and as at before but by during for from here i if in it its my no not on
    once or our prior since so that then there these they this those to unless until via we when while with
    without you your
    """
)
