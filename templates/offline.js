{% load static %}// Keeps one page for when the studio cannot be reached. Everything else comes from the network, always.
const PAGE = "{% url "offline" %}";
const LOOKS = [{% for name in looks %}"{% static name %}"{% if not forloop.last %}, {% endif %}{% endfor %}];
// The page registers this file anew under another address when its language or theme is another one.
const KEPT = `studio-offline${self.location.search}`;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const fresh = [PAGE, ...LOOKS].map((name) => new Request(name, { cache: "reload" }));
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(fresh)));
});
self.addEventListener("activate", (event) => {
  const ours = (names) => names.filter((name) => name.startsWith("studio-offline") && name !== KEPT);
  event.waitUntil(caches.keys().then((names) => Promise.all(ours(names).map((name) => caches.delete(name)))));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  else if (LOOKS.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});
