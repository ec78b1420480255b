"""The common part of all provider doubles: HTTP, control interface, scripted responses, images, TLS."""
