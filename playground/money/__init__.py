"""Money: estimates, prices, budgets, spending, and how amounts look."""
