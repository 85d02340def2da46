"""What is known of English words: which mean the same, which shut each other out, which say nothing of their own.

The lists are general, and deliberately coarse: they keep a paraphrase from being taken for an invention, and a swapped
colour or trade from being taken for a paraphrase.
"""

import re
from functools import lru_cache

from generate.grounding.meanings import SAME
from generate.grounding.synonyms import ALIKE

# One line for each class: what is one of them is none of the others.
_CLASSES = """
    red orange yellow green blue purple violet pink brown black white grey gray silver golden beige turquoise
    north south east west northern southern eastern western
    spring summer autumn winter
    aluminium aluminum steel iron copper brass plastic wood wooden glass rubber leather paper cardboard ceramic concrete
        titanium cotton wool
    manager director supervisor engineer technician recruiter receptionist accountant auditor lawyer nurse assistant
        secretary intern trainee administrator developer tester designer president chairman treasurer janitor cleaner
        driver inspector librarian teacher pharmacist buddy mentor warden owner
    buyer seller customer supplier landlord tenant lender borrower sender recipient
    dog cat horse bird rabbit fish cow sheep
    wheat rye barley oat maize corn rice spelt
    oxygen hydrogen helium nitrogen argon methane propane chlorine
    gas oil coal electricity diesel petrol gasoline
    car bus train taxi bicycle motorcycle tram ferry flight plane truck van scooter
    book film magazine newspaper game map
    breakfast lunch dinner
    beef pork chicken vegan vegetarian halal kosher
    milk juice tea coffee beer wine water vinegar
    salt sugar pepper flour yeast
    gluten nuts mustard soy celery sesame
    email letter fax phone telephone
    helmet glove goggles glasses mask vest
    kitchen bathroom basement attic garage cellar balcony
    heading footnote caption appendix
    morning afternoon evening night
    passport visa badge
    keyboard mouse monitor laptop tablet printer scanner
    bluetooth wifi ethernet lorawan zigbee
    finance legal marketing sales procurement logistics
    bank insurance
"""

# Words with which a model says anything at all: they tell nothing that could be false.
_GENERIC = """
    able accept accordingly actually additionally aim allow already also although altogether amount answer anyone
    anything appear appropriate approach around arrange aspect available away back based basic beforehand begin belong
    briefly bring call capable carry case cause certain clear clearly combine come common complete completely concern
    condition consider consist contain content continue correct correspond cover currently deal define depend describe
    despite detail determine different direct directly during easily effect either else enable ensure entire especially
    essential essentially even event everything exactly example exist explain express expect fact feature fine follow
    following form full fully function further furthermore general generally go goal group handle happen hence however
    idea identify immediately imply important include including indicate individual information instead intend involve
    item know lead like likely list look main mainly make manner matter mean mention merely moreover namely necessary
    need nevertheless normal normally note notice number obtain occur offer only option order otherwise overall part
    particular particularly perform period person place point possible potential potentially practice present previous
    primarily prior process provide provided purpose put quite range rather ready real reason receive refer regard
    regardless relate relevant rely remain represent require respect respectively result right role same second section
    see separate serve set several should show similar simple simply single situation so specific specifically specify
    state stay step still such sure take tell term therefore thing think though thus time together top total try type
    typically under unless up upon use useful user usual usually value various version via view want way well whatever
    whenever whereas wherever whether while whole within without work yet themselves itself yourself himself herself
    instance additional addition necessarily anymore longer sometime sometimes whose onto across along among amongst
    people person somebody everyone everybody nobody altogether beforehand namely i.e e.g etc
    one two three four five six seven eight nine ten okay yes no not
    approximately roughly exact equal equivalent otherwise instead subsequently eventually effective takes effect
    decide choose apply give get keep let say show turn let's apart per later less more add life change hold join
    compute
    last come minimum maximum inside outside nothing average limit responsible agree draw bit little remember proceed
    attention careful carefully respect contact ask advise recommend suggest cost count calculate sum equivalent rate
    receive accept allow permit forbid prevent avoid stop start finish complete try attempt choose pick select
    adjust modify replace switch move place put set keep leave return reach meet exceed fall drop rise increase decrease
    extend reduce become create produce generate build run execute perform operate work function act serve
    own belong relate link connect attach combine separate divide split share distribute
    employee staff worker company organisation organization team user customer reader
    since always never thanks welcome please sorry sure certainly definitely unfortunately fortunately importantly
    rule policy requirement condition exception limit restriction regulation procedure step measure
    half quarter double triple whole both neither either none entire
    early late soon immediately instantly prompt promptly quickly slowly gradually automatically manually
    increase decrease advance ahead prior beforehand afterward afterwards subsequently thereafter
    choice alternative decision purpose intention goal reason cause result outcome consequence
    mandatory compulsory optional voluntary obligatory
    correctly properly correct incorrect proper wrong successfully successful
    permission approval consent authorisation
    write read speak talk call name term title word sentence phrase
    amount quantity size length width height weight duration frequency
    sufficient enough adequate
    regularly often sometimes rarely occasionally frequently constantly
    once twice twofold times
    aged age old young
    stand mark
    write-up cover coverage
    handbook manual guide guideline document documentation passage text page summary article paragraph
    younger older alone together try tries tried member environment variable command flag memory raise raised everybody
    client visible clear handed
    default final finally lastly intent aim essence focus highlight overview context background
    topic subject theme area field
    took taken gave given got gotten went gone came left kept held put brought did done said told shown knew known saw
    seen meant led became began begun fell fallen rose risen ran made chose chosen least beyond
    earlier later sooner newer latest others plus elsewhere behind
    deliberately deliberate intentionally intentional purposely
    send sent submit day week month year hour minute second morning evening moment
    status format extension eligible exempt apply applies
    applied supply reply spend spent added cheaper rest remainder remaining
    speak speaking typically ought regarding concerning like lot
"""

_DOUBLED = re.compile(r"([bdfgklmnprt])\1$")


def _lines(block: str) -> list[str]:
    return re.split(r"\n {4}(?! )", "\n" + block.strip("\n"))


def _stem(word: str) -> str:
    """Take the commonest English endings off."""
    word = word.replace("\u2019", "'").removesuffix("'s").removesuffix("s'")
    for ending, put in (
        ("ies", "y"),
        ("ees", "ee"),
        ("sses", "ss"),
        ("ing", ""),
        ("ied", "y"),
        ("ed", ""),
        ("ly", ""),
        ("es", ""),
        ("s", ""),
    ):
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= 3
            and not word.endswith(("ss", "us", "is", "eed", "ply"))
        ):
            word = word[: -len(ending)] + put
            if ending in {"ing", "ed"}:
                word = _DOUBLED.sub(r"\1", word)
            break
    for ending in ("e", "y"):
        if word.endswith(ending) and len(word) > 3:
            word = word[:-1] + ("i" if ending == "y" else "")
    return word


_ROOTS: dict[str, str] = {}
for _line in (*_lines(SAME), *_lines(ALIKE)):
    _words = _line.split()
    for _word in _words:
        _ROOTS.setdefault(_stem(_word), _ROOTS.get(_stem(_words[0]), _stem(_words[0])))

CLASS_OF: dict[str, int] = {}
for _number, _line in enumerate(_lines(_CLASSES)):
    for _word in _line.split():
        CLASS_OF.setdefault(_word, _number)

GENERIC = frozenset(_stem(word) for word in _GENERIC.split())
ACTORS = frozenset(  # of the generic ones: they may be said of anything, but do one thing and not another
    _stem(word)
    for word in [
        "employee",
        "staff",
        "worker",
        "team",
        "user",
        "customer",
        "guest",
        "visitor",
        "reader",
        "company",
        "organisation",
        "person",
    ]
)


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """Give what stands for a word and for all that mean the same."""
    bare = _stem(word.lower())
    return _ROOTS.get(bare, bare)


@lru_cache(maxsize=20_000)
def bare_stem(word: str) -> str:
    """Give a word without its endings."""
    return _stem(word.lower())


def class_of(word: str) -> int | None:
    """Give the number of the class of things that a word names one of."""
    low = word.lower()
    return next(
        (CLASS_OF[form] for form in (low, low.removesuffix("s"), low.removesuffix("es")) if form in CLASS_OF), None
    )
