"""Elections: tables of votes, and questions asked of them."""
