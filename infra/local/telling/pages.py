"""The two pages, as text."""

from string import Template

SLACK = Template("""<!doctype html><html lang="en"><meta charset="utf-8"><title>Slack of this laptop</title>
<style>
body { font-family: sans-serif; max-width: 60em; margin: 2em auto; line-height: 1.5; padding: 0 1em }
.message { border: 1px solid #ccc; border-radius: 8px; padding: 0.75em 1em; margin: 1em 0 }
.below { margin-left: 2em } .only { background: #fff8e0 }
p { white-space: pre-line } pre { background: #f5f5f5; padding: 0.5em; overflow-x: auto } .context { color: #555; font-size: smaller }
button, a.button { font: inherit; margin-right: 0.5em; padding: 0.3em 1em; border: 1px solid #888; border-radius: 4px;
  background: #fff; color: #000; text-decoration: none; cursor: pointer }
.primary { background: #007a5a; color: #fff } .danger { background: #c01343; color: #fff }
dialog { border-radius: 8px; border: 1px solid #888; min-width: 24em } textarea { width: 100%; height: 6em }
</style>
<h1>Slack of this laptop</h1>
<p>Nothing leaves this machine. Whatever ConsoleMe writes to Slack stands here, and its buttons work.
See also <a href="/local/mail">the mail</a> and <a href="/">ConsoleMe</a>.</p>
<p><label>You look at it as <select id="who">$people</select></label></p>
<main id="messages" aria-live="polite"></main>
<p id="failure" role="alert" style="color: #b00"></p>
<dialog id="dialog"><form method="dialog"><h2 id="title"></h2><label><span id="label"></span><textarea id="words"></textarea></label>
<p><button class="danger" id="send" value="send"></button><button value="cancel" formnovalidate>Cancel</button></p></form></dialog>
<script>
const who = document.getElementById("who"), main = document.getElementById("messages"), dialog = document.getElementById("dialog");
let shown = "", asked = "";
who.value = new URLSearchParams(location.search).get("as") || who.value;
function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
function plain(text) { return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"); }
function marked(text) {
  const fence = String.fromCharCode(96).repeat(3);
  if (text.startsWith(fence)) return element("pre", plain(text.slice(3, -3)));
  const line = document.createElement("p");
  for (const part of text.split(/(<[^>]*>|https?:\\/\\/\\S+)/)) {
    const link = part.match(/^<(https?:[^|>]*)\\|?([^>]*)>$$/) || part.match(/^(https?:\\/\\/\\S+)$$/);
    const date = part.match(/^<!date\\^(\\d+)\\^[^>]*>$$/);
    if (link) { const a = element("a", link[2] || link[1]); a.href = link[1]; line.append(a); }
    else line.append(date ? "until " + new Date(date[1] * 1000).toLocaleString() : plain(part));
  }
  return line;
}
async function send(path, body) {
  const answer = await fetch("/local/slack/" + path, {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({email: who.value, ...body})});
  document.getElementById("failure").textContent = answer.ok ? "" : (await answer.json()).message;
  await look();
}
function block(one, message) {
  if (one.type === "header") return element("h3", one.text.text);
  if (one.type === "section") return one.text.type === "mrkdwn" ? marked(one.text.text) : element("p", one.text.text);
  const row = element("p", "", one.type);
  for (const inner of one.elements) {
    if (one.type === "context") { row.append(inner.type === "mrkdwn" ? marked(inner.text) : inner.text); continue; }
    const button = element(inner.url ? "a" : "button", inner.text.text, (inner.style || "") + " button");
    if (inner.url) button.href = inner.url;
    else button.onclick = () => send("press", {channel: message.channel, stamp: message.stamp, action_id: inner.action_id});
    row.append(button);
  }
  return row;
}
function draw(message) {
  const card = element("article", "", "message" + (message.below ? " below" : "") + (message.only_for ? " only" : ""));
  card.append(element("div", message.place + (message.only_for ? ", only visible to you" : ""), "context"));
  if (message.blocks.length) message.blocks.forEach(one => card.append(block(one, message))); else card.append(marked(message.text));
  return card;
}
function ask(view) {
  if (!view) return;
  const input = view.blocks.find(one => one.type === "input");
  document.getElementById("title").textContent = view.title.text;
  document.getElementById("label").textContent = input.label.text;
  document.getElementById("send").textContent = view.submit.text;
  document.getElementById("words").value = "";
  dialog.showModal();
}
dialog.addEventListener("close", () => {
  const words = document.getElementById("words").value;
  send(dialog.returnValue === "send" ? "submit" : "dismiss", {words});
});
async function look() {
  const seen = await (await fetch("/local/slack/seen?email=" + encodeURIComponent(who.value))).json();
  const text = JSON.stringify(seen.messages);
  if (text !== shown) { shown = text; main.replaceChildren(...seen.messages.map(draw).reverse()); }
  if (!main.childElementCount) main.append(element("p", "Nobody has written anything yet."));
  const view = JSON.stringify(seen.dialog);
  if (view !== asked && !dialog.open) { asked = view; ask(seen.dialog); }
}
who.addEventListener("change", look);
look();
setInterval(look, 1000);
</script></html>""")

MAIL = Template("""<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail of this laptop</title>
<body style="font-family: sans-serif; max-width: 60em; margin: 2em auto; line-height: 1.5; padding: 0 1em">
<h1>Mail of this laptop</h1>
<p>Nothing was sent. This is what ConsoleMe gave to SES, newest first.
See also <a href="/local/slack">Slack</a> and <a href="/">ConsoleMe</a>.</p>
$mails</body></html>""")

LETTER = Template("""<article style="border: 1px solid #ccc; border-radius: 8px; padding: 0.75em 1em; margin: 1em 0">
<div><strong>$subject</strong><br><small>to $recipients</small></div>
<iframe sandbox="allow-popups" srcdoc="$body" title="$subject" style="width: 100%; height: 24em; border: 0"></iframe></article>""")
