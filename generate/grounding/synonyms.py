"""More English words that mean the same: of things first, then of what is done with them and how they are."""

# One line for each meaning, as in `meanings.py`, whose lines go before these.
ALIKE = """
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
    guarantee warrant warranty
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
    heat warm
    cool chill
    empty drain
    shut closed
    pick select
    gather collect
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
    renew renewal
    expire lapse forfeit
    appoint nominate
    elect vote
    supervise oversee
    manage handle administer
    assign allocate
    share divide
    own possess
    differ vary
    match correspond
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
    override overrule
    yearly
    elderly old aged
    youngster child
    woman female
    man male
    person individual human
    myriad variety multitude range
    underneath beneath below
    inside within
    outside outdoors
    nevertheless however
    maybe perhaps possibly
    almost nearly
    sometimes occasionally
    seldom rarely
"""
