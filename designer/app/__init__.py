"""Puts the rooms together for the page: what is opened, what is asked, what is started. Elsewhere: what is shown (canvas)."""
