"""The body of a page: which of its texts are the story.

    document ─▶ segments ─▶ columns, markup, structure ─┐
                                                        ├─▶ trees ─▶ network ─▶ story ─▶ blocks
    text     ─▶ lines    ─▶ columns ────────────────────┘

segments     HTML cut into pieces of text, and the containers around them
lines        text cut into lines, and wrapped ones joined
columns      what can be said of any text among others
markup       what mark-up says beside
structure    what tells the page's own story from the others on it
cohesion     what texts have in common
wording      what words say, learnt
vocabulary   words that tell what a piece of a page is; the place to add a language to
trees        judge each text
network      reads all texts of the page, and what the trees say of them
model        wording, trees and network together, trained by `training.extraction`
story        verdicts, and blocks
"""
