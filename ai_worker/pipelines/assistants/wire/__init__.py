"""The four forms in which models are offered tools, call them and are given the results, and the neutral
form that covers them.

The entry is `forms.form_of`. It may know providers' formats; never the registry's database, nor what a tool
does.
"""
