// Adds articles to the wire as they come. All that comes from outside is set as text, never as HTML.
"use strict";

(() => {
  const wire = document.getElementById("wire");
  const empty = document.getElementById("line");
  const live = document.getElementById("live");
  if (!wire || !empty || !window.EventSource) return;
  const most = Number(wire.dataset.most);
  const kinds = ["person", "organisation", "place"];
  let added = 0;

  const place = (line, name) => line.querySelector(`[data-is="${name}"]`);
  const write = (line, name, text) => { place(line, name).textContent = text || ""; };
  const ofPage = (id) => Array.from(wire.children).filter((line) => line.dataset && line.dataset.page === id);

  function tag(name, kind, value) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.className = kind;
    link.dir = "auto";
    link.href = "/?" + new URLSearchParams({ [kind]: value });
    link.textContent = name;
    item.append(link);
    return item;
  }

  function show(brief) {
    const line = empty.content.firstElementChild.cloneNode(true);
    line.dataset.page = brief.page_id;
    line.classList.add(brief.kind, "fresh");
    const link = place(line, "title").firstElementChild;
    link.href = "/story/" + encodeURIComponent(brief.page_id);
    link.textContent = brief.title || "(no headline)";
    write(line, "kind", brief.kind + (brief.returned ? ", returned" : ""));
    place(line, "kind").classList.add(brief.kind);
    if (brief.arrived) {
      place(line, "arrived").dateTime = brief.arrived;
      write(line, "arrived", brief.arrived.slice(0, 19).replace("T", " "));
    }
    write(line, "source", brief.source);
    write(line, "language", brief.language);
    write(line, "type", brief.page_type);
    write(line, "words", brief.word_count ? brief.word_count + " words" : "");
    write(line, "subtitle", brief.subtitle);
    write(line, "detail", brief.detail);
    const tags = place(line, "topics");
    for (const topic of brief.topics) tags.append(tag(topic.name, "topic", topic.code));
    for (const named of brief.names) if (kinds.includes(named.type)) tags.append(tag(named.name, named.type, named.name));
    ofPage(brief.page_id).forEach((older) => older.classList.add("older"));
    const none = wire.querySelector(".none");
    if (none) none.remove();
    wire.prepend(line);
    while (wire.children.length > most) wire.lastElementChild.remove();
    added += 1;
    live.textContent = `live; ${added} new`;
  }

  let stream = null;
  let last = "";

  function connect() {
    const url = new URL(wire.dataset.stream, location.href);
    if (last) url.searchParams.set("after", last);
    stream = new EventSource(url);
    stream.onopen = () => { live.textContent = added ? `live; ${added} new` : "live"; };
    const received = (event) => { last = event.lastEventId; show(JSON.parse(event.data)); };
    stream.addEventListener("article", received);
    stream.addEventListener("withdrawn", received);
    stream.addEventListener("forgotten", (event) => {
      last = event.lastEventId;
      ofPage(JSON.parse(event.data).page_id).forEach((line) => line.remove());
    });
    stream.addEventListener("reload", () => { stream.close(); location.reload(); });
    stream.onerror = () => {
      live.textContent = "connection lost; connecting again";
      if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 3000); // refused, not interrupted
    };
  }

  connect();
  window.addEventListener("pagehide", () => stream.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
})();
