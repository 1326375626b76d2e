"""D-Bus, of the system and of the session: never without a limit, whoever is at the other end."""
