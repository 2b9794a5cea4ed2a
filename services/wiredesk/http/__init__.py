"""What our HTTP servers share: the intake, and the page for people.

connections  connections within bounds of number and time
tokens       bearer tokens: who may do what
loopback     which addresses and hosts are of this machine
"""
