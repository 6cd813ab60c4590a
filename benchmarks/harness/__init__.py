"""What every benchmark stands on: a model, stores, processes, engines, figures."""
