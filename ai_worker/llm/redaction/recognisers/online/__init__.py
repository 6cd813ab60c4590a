"""What a person has on the net: addresses, handles, secrets, wallets. It knows texts only."""
