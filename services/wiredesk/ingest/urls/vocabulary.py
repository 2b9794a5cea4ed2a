"""Words of addresses: which of them say nothing of the content, and what is near them."""

GENERIC_WORDS = frozenset(
    {
        "archive", "article", "articles", "artikel", "content", "detail", "details", "display", "doc", "document",
        "entry", "get", "item", "items", "news", "node", "nota", "noticia", "page", "php", "post", "posts", "read",
        "section", "show", "single", "stories", "story", "topic", "view", "viewer",
    }
)  # fmt: skip
"""Words of paths that name no content: `/show_article.php`."""

STORY_WORDS = frozenset(
    {
        "a", "actualite", "actualites", "ar", "art", "article", "articles", "articleshow", "articol", "articolo",
        "articulo", "artigo", "artikel", "artikkel", "blog", "cikk", "clanek", "content", "detail", "doc", "entry",
        "haber", "id", "item", "meldung", "news", "newsdetail", "node", "nota", "noticia", "noticias", "nyhet", "p",
        "permalink", "post", "posts", "read", "s", "share", "stories", "story", "t", "thread", "threads", "video",
        "view", "vijest", "wiadomosc", "x",
    }
)  # fmt: skip
"""Segments that name a story, or where the ids of stories stand."""

ONE_STORY = frozenset(
    {
        "article", "articles", "articol", "articolo", "articulo", "artigo", "artikel", "artikkel", "cikk", "clanek",
        "meldung", "node", "nota", "noticia", "nyhet", "post", "stories", "story", "vijest", "wiadomosc",
    }
)  # fmt: skip
"""Segments after which the id of a story may stand above its headline: `/article/4812345/council-approves-pier`. After
others, a number above a headline is a postcode, a month, or a section."""

PART_WORDS = frozenset(
    {
        "abschnitt", "anexo", "appendix", "articlecomments", "capitolo", "capitulo", "chapitre", "chapter",
        "chapters", "comentarios", "comment", "commentaires", "comments", "episode", "folge", "foto", "fotos",
        "galeria", "galerie", "gallery", "kapitel", "kommentare", "lesson", "lineup", "lineups", "page", "part",
        "parte", "partie", "photo", "photos", "reactions", "seite", "slide", "slides", "slideshow", "statistics",
        "stats", "teil", "volume",
    }
)  # fmt: skip
"""First words of what is below a story: `/story-12345/chapter-two`."""

LISTING_WORDS = frozenset(
    {
        "archive", "archives", "auteur", "author", "authors", "autor", "autore", "autoren", "autores", "by",
        "categoria", "categorie", "categories", "category", "collections", "contributor", "contributors", "kategorie",
        "kategorien", "label", "labels", "list", "lists", "member", "members", "people", "person", "profile",
        "profiles", "schlagwort", "sitemap", "stichwort", "subject", "tag", "tags", "tema", "temas", "thema", "theme",
        "themen", "topic", "topics", "user", "users",
    }
)  # fmt: skip
"""Segments below which there is no story: `/author/anna-roe`."""

SECTION_WORDS = frozenset(
    {
        "actualidad", "aktuell", "all", "analysis", "arts", "ausland", "breaking", "business", "columnists", "columns",
        "comment", "community", "cultura", "culture", "deportes", "economia", "economie", "economy", "editorials",
        "education", "entertainment", "environment", "feature", "features", "feuilleton", "finance", "food", "general",
        "gesellschaft", "guide", "guides", "health", "home", "inland", "insights", "international", "kultur",
        "latest", "learn", "life", "lifestyle", "local", "magazine", "media", "money", "movies", "music", "nacional",
        "national", "nation", "opinion", "opinions", "panorama", "people", "politica", "politics", "politik",
        "politique", "press", "regional", "report", "reports", "resources", "review", "reviews", "science", "sci",
        "societe", "sociedad", "sport", "sports", "style", "tech", "technology", "top", "travel", "tutorials", "tv",
        "updates", "us", "web", "wirtschaft", "wissen", "world",
    }
)  # fmt: skip
"""Words of segments that are sections of most newspapers. Others may name the content: a city, a team, an election."""

SITE_PAGES = frozenset(
    {
        "401", "403", "404", "410", "500", "503", "abo", "access-denied", "account", "anmelden", "auth", "captcha",
        "connexion", "consent", "cookies", "denied", "error", "error404", "errors", "fehler", "forbidden",
        "iniciar-sesion", "log-in", "login", "maintenance", "not-found", "notfound", "page-not-found", "paywall",
        "privacy", "recherche", "redirect", "register", "registration", "search", "sign-in", "sign-up", "signin",
        "signup", "sso", "subscribe", "subscription", "suche", "unavailable", "undefined", "null", "none",
    }
)  # fmt: skip
"""Last segments of paths that are pages of the site itself, or an error of its template."""
