"""The user's lists for dictations, profiles of applications, and a field to try them."""
