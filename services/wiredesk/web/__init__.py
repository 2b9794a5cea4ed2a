"""The wire in a browser, and as an API: server-rendered pages, a little script of our own, nothing of another host.

settings          where it listens, whom it lets in, and its bounds
server            connections, and the life from the first to the last
routes            which function answers which path
exchange          one request: its query and its form, within bounds
refusals          requests that are refused, as a page and as problem details
origins           which host a request is for, and which page sent it
people            who asks, and what they may do
sessions          who has signed in, and what a form was shown for
sign_in           signing in and out
security_headers  what a browser may do with a page of ours
links             addresses that a page may link to
rendering         pages from templates, which escape everything
static_files      the style sheet and the scripts
wire/             the newest articles, as they come
wire_page         the page of the wire
story             what is known of a story
story_page        the page of a story
marks             text with marked entities
measurements      the status of the deployment, measured for all who ask
readiness         whether workers are ready, asked of themselves
pipeline_page     the page of the pipeline
letters           dead letters as the page shows them
letters_page      the pages of dead letters: look, redrive, purge
articles_api      articles for programs
forms/            forms of an article: ninjs, schema.org, Atom
operations_api    status and dead letters for programs
openapi           the interface as an OpenAPI document
site              what the pages share
metrics           every metric of the page

Nothing of an article, a dead letter or a page is ever rendered as HTML, loaded, or run: it is text.
"""
