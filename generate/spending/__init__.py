"""What a run may spend: prices, budgets, and the purse between the journal and the client."""
