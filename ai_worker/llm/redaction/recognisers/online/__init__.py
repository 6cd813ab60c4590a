"""Personal data of the net: addresses, handles, secrets, wallets. The entries are the recognisers of each
module; they may know texts only.
"""
