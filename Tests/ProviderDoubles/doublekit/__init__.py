"""The part that every provider double shares: HTTP, control interface, scripted answers, images, TLS."""
