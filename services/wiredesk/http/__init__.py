"""What our HTTP servers share: the intake, and the page for people.

connections  connections within bounds of number and time
tokens       bearer tokens: who may do what
addresses    which are of this machine, and how a URL writes them
tls          what a server needs to speak https
"""
