"""Programs that a scene puts into the learner's hands, beside `serve`."""
