"""Words that every room shares: quantities and rounding, days and calendars."""
