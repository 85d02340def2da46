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
    trip journey travel travelling traveling
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
    decide decision settle
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
    former old earlier previous
    later subsequently afterwards
    contributor contribute
    assemble assembly
    upgrade update
    cover covered
    retrieve restore restored
    sort sorted
    slice sliced
    correspond
    attend attendance
    participate participant
    locate located
    disappear vanish
    support supported
    compute calculate
    own
    exceed
"""
