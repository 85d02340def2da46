"""English words that turn a statement round: negations, and the two poles of what can be more or less."""

import re

NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|without|cannot|hardly|rarely|seldom|unable"
    r"|\w+n['\u2019]t|dont|doesnt|isnt|cant|wont)\b",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"\b(?:except|unless|only|until|solely|exclusively|apart from|other than|excluding)\b", re.IGNORECASE
)

COMPARED = frozenset(
    re.findall(
        r"\w+", "more less fewer longer larger higher greater shorter smaller lower older younger later earlier exceed"
    )
)
# One line for each pair; the words before the bar say the one, those behind it the other.
_PAIRS = """
    allow allows allowed permit permits permitted may authorised authorized | forbid forbids forbidden prohibit
        prohibits prohibited banned disallow disallows disallowed
    before prior | after following afterwards
    least minimum min | most maximum max
    more above over exceed exceeds exceeding longer larger higher greater | less fewer below under shorter smaller lower
    increase increases increased increasing raise raises raised rise rises rose risen grow grows grew
        | decrease decreases decreased decreasing reduce reduces reduced lower lowers lowered fall falls fell dropped
        drops shrink shrinks shrank
    enable enables enabled activate activates activated | disable disables disabled deactivate deactivates deactivated
    with including | without excluding
    include includes included | exclude excludes excluded
    required mandatory compulsory obligatory must need needs needed necessary requires require | optional voluntary
    accept accepts accepted approve approves approved grant grants granted | reject rejects rejected decline declines
        declined deny denies denied refuse refuses refused
    public | private confidential
    internal | external
    paid | unpaid
    free | paid charged
    free | cost fee fees charge charges
    add adds added include includes contain contains offer offers | exclude excludes excluded lack lacks lacking
    open opens opened | close closes closed shut shuts
    start starts started begin begins beginning | end ends ended stop stops stopped finish finishes
    first | last final
    early earlier earliest | late later latest
    fast faster quick quicker | slow slower
    on | off
    true | false
    valid | invalid
    encrypted | unencrypted
    manual manually | automatic automatically
    temporary temporarily | permanent permanently
    add adds added | remove removes removed delete deletes deleted
    supported | unsupported
    available | unavailable
    compatible | incompatible
    inside indoors | outside outdoors
    upper top | lower bottom
    ascending | descending
    inbound incoming | outbound outgoing
    full fully | empty partial partially
    hot hotter hottest warm warmer warmest | cold colder coldest cool cooler coolest
    heavy | light
    long | short brief
    wide | narrow
    thick | thin
    deep | shallow
    high | low
    strong | weak
    easy simple | difficult hard complicated
    clean | dirty
    wet | dry
    safe | dangerous unsafe
    loud | quiet silent
    bright light | dark
    near nearest closest | far farthest furthest
    young younger youngest | old older oldest
    new newer newest | old older oldest
    cheap cheaper cheapest | expensive
    positive | negative
    active | passive inactive
    gross | net
    major | minor
    same identical | different differ differs differing
    import imports imported | export exports exported
    upload uploads uploaded | download downloads downloaded
    attach attached | detach detached
    connect connects connected | disconnect disconnects disconnected
    lock locks locked | unlock unlocks unlocked
    install installs installed | uninstall uninstalls uninstalled
    subscribe subscribed | unsubscribe unsubscribed
    load loads loaded | unload unloads unloaded
    visible shown | invisible hidden
    online | offline
    local locally | remote remotely
    double doubles doubled | halve halves halved
    keep keeps kept | return discard discards discarded
    often frequently regularly | rarely seldom
    even | odd
    horizontal | vertical
    success succeed succeeds succeeded | failure fail fails failed
    win wins won | lose loses lost
    arrive arrives arrival | depart departs departure leave leaves
    maximal | minimal
    multiple several | single
    domestic | foreign abroad
    rich | poor
    smooth | rough
    tight tighten | loose loosen
    upstream | downstream
    forward forwards | backward backwards
    majority | minority
    legal legally | illegal illegally
    present | absent
    alive | dead
    mutable | immutable
    known | unknown
    best | worst
    better | worse
    largest biggest highest longest | smallest lowest shortest
    input | output
    left | right
    push pushes pushed | pull pulls pulled
    read-only | writable
    refundable | non-refundable nonrefundable
    taxable | tax-free
    synchronous synchronously | asynchronous asynchronously
    sensitive case-sensitive | insensitive case-insensitive
    strict strictly | lenient
    daily | weekly monthly yearly annually hourly quarterly
    weekly | daily monthly yearly annually hourly quarterly
    monthly | daily weekly yearly annually hourly quarterly
    yearly annually annual | daily weekly monthly hourly quarterly
"""


def _poles() -> dict[str, list[tuple[int, int]]]:
    """Give for each word its pairs, with +1 or -1 for the side on which it stands."""
    found: dict[str, list[tuple[int, int]]] = {}
    for number, pair in enumerate(re.split(r"\n {4}(?! )", "\n" + _PAIRS.strip("\n"))):
        for sign, side in zip((1, -1), pair.split("|"), strict=False):
            for word in side.split():
                found.setdefault(word, []).append((number, sign))
    return found


POLES = _poles()


def opposed(first: str, second: str) -> bool:
    """Tell whether two words, in lower case, are the two ends of one thing."""
    other = dict(POLES.get(second, ()))
    return any(other.get(number) == -sign for number, sign in POLES.get(first, ()))


def critical(word: str) -> bool:
    """Tell whether a text means something else when this word is taken out or put in."""
    return any(sign.isdigit() for sign in word) or bool(NEGATION.fullmatch(word) or LIMIT.fullmatch(word))
