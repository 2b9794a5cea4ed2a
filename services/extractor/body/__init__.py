"""The body of a page: which of its texts are the story.

    document ─▶ segments ─▶ columns + markup ─┐
                                              ├─▶ trees ─▶ story ─▶ blocks
    text     ─▶ lines    ─▶ columns ──────────┘

segments     HTML cut into pieces of text, and the containers around them
lines        text cut into lines, and wrapped ones joined
columns      what can be said of any text among others
markup       what mark-up says beside
vocabulary   words that tell what a piece of a page is; the place to add a language to
trees        the model, trained by `training.extraction`
story        verdicts, and blocks
"""
