"""Money: estimates, prices, budgets, spending, and the format of amounts."""
