"""English words that mean the same, or near enough for two texts to be compared."""

# One line for each meaning; its words are taken for one.
SAME = """
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
