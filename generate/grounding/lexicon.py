"""What is known of English words: which mean the same, which shut each other out, which say nothing of their own.

The lists are general, and deliberately coarse: they keep a paraphrase from being taken for an invention, and a swapped
colour or trade from being taken for a paraphrase.
"""

import re
from functools import lru_cache

# One line for each meaning; its words are taken for one.
_SAME = """
    employee staff worker colleague personnel workforce
    holiday vacation
    annual yearly annually year
    daily day
    weekly week
    monthly month
    hourly hour
    quarterly quarter
    mandatory compulsory required obligatory require must
    optional voluntary
    allow allowed permit permission permitted may authorise authorize consent authorisation authorization
    forbid forbidden forbade prohibit ban disallow
    delete remove erase drop deletion removal
    lift elevator
    buy purchase bought
    buyer purchaser
    fee charge price cost
    rate instalment
    pay paid payment
    begin start began begun launch commence
    end finish stop ended terminate abort broken
    keep kept store stored retain hold held save
    stay remain
    lose lost
    give gave given grant
    send sent submit forward pass hand transmit
    get got receive obtain
    tell told inform notify notification notice
    answer reply respond response
    return returned
    fix repair mend fixed solve resolve
    fault failure error
    fast quick rapid
    big large
    small little
    help assist assistance
    phone telephone
    mail e-mail email
    app application
    bike bicycle
    car automobile
    doctor dr
    boss supervisor
    responsible charge
    write written wrote
    choose chosen chose select
    show shown display
    change modify alter
    turn switch
    sign-in login signin
    lock locked
    trip journey
    travel travelling traveling
    hotel accommodation
    receipt invoice bill
    office workplace
    folder directory
    parameter argument
    default standard
    limit restrict
    maximum max
    minimum min
    once after
    near close nearest next
    beside next
    above over exceed more
    below under less
    least minimum
    yes true
    film movie
    illness sickness sick ill
    children child kid
    parents parent
    guest visitor
    client customer
    firm company
    goods product item merchandise
    birth born
    repeat retry again repeated
    check verify examine inspect
    need require
    attempt try
    immediately once instantly
    roughly about around approximately
    whole entire all
    each every per everyone everybody
    nobody none
    beforehand advance ahead
    together altogether total
    extra additional
    another other
    further additional
    method way
    reason because
    kind type
    part portion
    place location
    duration length long
    photograph photo picture
    ask request
    agree agreement consents
    enter entry
    swap exchange
    confirm confirmation
    gross
    expensive cost price
    abroad foreign
    permit licence license
    resign quit notice
    salary wage pay
    repay pay
    pair couple two
    twice two
    copy copied duplicate
    encrypt encrypted encryption
    compress compression
    measure measurement
    weigh weight
    accurate accuracy
    wide width
    deep depth
    high height
    suitable suit
    spend spent
    sell sold
    build built
    find found
    leave left
    go went gone
    come came
    run ran
    break broke
    take took taken
    know known knew
    see saw seen
    think thought
    speak spoke spoken talk say said
    drive drove driven
    rise rose risen increase
    fall fell fallen drop decrease
    draw drew drawn
    lie lay lain
    meet met meeting
    mean meant meaning
    lend lent borrow loan
    freeze froze frozen
    hang hung
    set
    cut
    decide decision
    apply applicant
    arrive arrival
    deliver delivery
    extend extension
    reserve reservation booking
    record recording
    deduct deduction
    sufficient enough suffice
    complain complaint
    frequent often frequently
    satisfy satisfaction satisfied
    recognise recognize
    label tag
    sick
    evaluate evaluation
    design
    abbreviate
    former old earlier previous
    new
    later subsequently afterwards
    current
    contributor contribute
    assemble assembly
    upgrade update
    machine
    endpoint
    cover covered
    trade
    retrieve restore restored
    terminal
    sort sorted
    slice sliced
    air
    correspond
    attend attendance
    participate participant
    locate located
    disappear vanish
    crash
    support supported
    compute calculate
    adult
    own
    wait
    exceed
    reach
    expert professional specialist
    vehicle car
    premises building
    staircase stairs stairway stairwell
    entrance door gate
    garbage rubbish trash waste litter
    shop store
    timetable schedule
    deadline cutoff
    cash money
    earnings income revenue
    profit gain surplus
    mistake error
    bug defect fault
    feature function functionality capability
    username login
    laptop notebook
    computer pc
    website site webpage
    document paper
    picture image
    clip video
    display screen monitor
    button key
    cable wire cord lead
    socket outlet
    battery accumulator
    query question
    request enquiry inquiry
    feedback comment
    evidence proof
    certificate attestation
    agreement contract
    law legislation legal statute
    penalty fine sanction
    prize award reward
    bonus premium
    discount reduction rebate
    tax levy
    donation gift
    journey tour
    lodging accommodation
    meal food
    beverage drink
    medicine medication drug pharmaceutical
    physician doctor
    hospital clinic
    injury wound hurt
    pupil student
    instructor teacher trainer
    training course
    lesson class
    exam examination test
    applicant candidate
    interview conversation
    job position vacancy
    dismiss dismissal fire
    hire recruit employ
    colleague coworker co-worker
    overtime surplus
    colour color
    metre meter
    programme program
    centre center
    organise organize
    analyse analyze
    behaviour behavior
    catalogue catalog
    cheque check
    neighbour neighbor
    safe secure
    danger hazard risk
    emergency urgent
    warn alert
    guard protect
    prevent avert
    assemble gather
    dispose discard throw thrown
    reject refuse decline
    omit skip
    hide hidden conceal
    reveal disclose expose
    publish release
    combine merge
    divide split separate
    reduce lower lessen decrease
    raise lift
    improve enhance
    damage harm
    destroy demolish
    clean wash
    dry
    heat warm
    cool chill
    empty drain
    fill
    open
    shut closed
    pick select
    gather collect
    fetch
    bring carry
    place put
    push press pressed
    pull drag
    rotate turn
    connect attach link join
    detach disconnect
    watch observe monitor
    listen hear
    estimate guess
    plan scheme
    prepare preparation
    complete completion
    continue proceed
    suspend pause interrupt
    postpone delay defer
    cancel cancellation abort
    wear wore worn
    bear bore borne
    bind bound
    blow blew blown
    catch caught
    eat ate eaten
    feel felt
    fly flew flown flight
    forget forgot forgotten
    grow grew grown growth
    hear heard
    lay laid
    lead led
    light lit
    make made
    read
    ride rode ridden
    ring rang rung
    shake shook shaken
    shrink shrank shrunk
    sit sat
    sleep slept
    stand stood
    steal stole stolen theft
    stick stuck
    strike struck
    teach taught
    tear tore torn
    throw threw thrown
    understand understood
    wake woke woken
    wind wound
    win won
    seek sought
    swear swore sworn
    sweep swept
    deal dealt
    dig dug
    feed fed
    flee fled
    kneel knelt
    prove proven proof
    weave wove woven
    accompany accompanied escort
    register registration sign-up enrol enroll
    leak leakage
    permit pass
    stream
    renew renewal
    expire lapse
    appoint nominate
    elect vote
    supervise oversee
    manage handle administer
    assign allocate
    share divide
    own possess
    belong
    differ vary
    match correspond
    resemble
    popular prominent common widespread
    crucial essential vital important significant key
    difficult hard tough
    easy simple
    correct right accurate
    empty blank
    huge enormous vast
    tiny minute
    strange odd unusual
    silent quiet
    unannounced
    yearly
    elderly old aged
    youngster child
    woman female
    man male
    person individual human
    myriad variety multitude range
    beside next
    underneath beneath below
    inside within
    outside outdoors
    nevertheless however
    maybe perhaps possibly
    almost nearly
    sometimes occasionally
    seldom rarely
"""

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
    younger older alone together try tries tried member environment variable command flag memory raise raised everybody client visible clear handed
    default final finally lastly intent aim essence focus highlight overview context background topic subject theme area field
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
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is", "eed")):
            word = word[: -len(ending)] + put
            if ending in {"ing", "ed"}:
                word = _DOUBLED.sub(r"\1", word)
            break
    for ending in ("e", "y"):
        if word.endswith(ending) and len(word) > 3:
            word = word[:-1] + ("i" if ending == "y" else "")
    return word


_ROOTS: dict[str, str] = {}
for _line in _lines(_SAME):
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
    for word in "employee staff worker team user customer guest visitor reader company organisation person".split()
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
