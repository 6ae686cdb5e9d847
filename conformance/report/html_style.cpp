#include "conformance/report/html_style.hpp"

namespace chatlab::conformance {

std::string_view html_style() {
  return R"(
:root { color-scheme: light dark; --ink: #1f2937; --soft: #5b6472; --page: #f4f6f9; --card: #ffffff; --line: #dfe4ea;
  --good: #15803d; --bad: #c81e1e; --warn: #9a5b00; --code: #f1f4f8; --link: #1d4ed8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e5e7eb; --soft: #a3adba; --page: #0d1117; --card: #161b22; --line: #2b3441; --good: #4ade80;
    --bad: #ff7b72; --warn: #f0b849; --code: #1f2733; --link: #79a8ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .35rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .7rem; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: .5rem 0; }
a { color: var(--link); }
code, pre { font: .86em/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { background: var(--code); border-radius: 6px; padding: .6rem .8rem; white-space: pre-wrap; margin: .5rem 0; }
.soft { color: var(--soft); }
.score { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: baseline; margin: 1rem 0 0; padding: .9rem 1.1rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.score strong { font-size: 1.7rem; }
.card, .check { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: .7rem 0; }
.card { padding: 1rem 1.2rem; border-left: 5px solid var(--warn); }
.card.fail.must, .card.trouble { border-left-color: var(--bad); }
.card > header { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; }
.what { font-size: 1.03rem; }
blockquote { margin: .6rem 0; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line); color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem .9rem; margin: .7rem 0; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
.check { margin: .35rem 0; }
summary { cursor: pointer; padding: .45rem .8rem; border-radius: 10px; }
summary:hover { background: var(--code); }
summary .id { font-weight: 600; margin-right: .5rem; }
.check > .inside { padding: 0 1rem .8rem; }
.check.plain { padding: .45rem .8rem .45rem 1.85rem; }
.card details > summary { padding-left: 0; color: var(--link); }
.sign { display: inline-block; min-width: 6.2em; font-weight: 600; font-size: .9em; }
.pass .sign { color: var(--good); } .fail .sign { color: var(--warn); } .fail.must .sign { color: var(--bad); }
.blocked .sign, .skipped .sign { color: var(--soft); } .inconclusive .sign { color: var(--warn); }
.level { font-size: .82em; color: var(--soft); border: 1px solid var(--line); border-radius: 99px; padding: .05rem .55rem;
  white-space: nowrap; }
.picture { overflow-x: auto; margin: .8rem 0; }
.picture .diagram { min-width: 640px; display: block; }
.evidence { margin: .4rem 0; padding-left: 1.2rem; }
.evidence .no { color: var(--bad); } .evidence .yes { color: var(--good); }
.evidence ul { padding-left: 1.1rem; color: var(--soft); }
table { border-collapse: collapse; font-size: .86rem; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--line); }
td.time { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .9rem; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --page: #fff; --card: #fff; --line: #bbb; --good: #0b6b2e;
    --bad: #b00000; --warn: #7a4a00; --code: #f4f4f4; --link: #000; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  .card, .check, .picture, li { break-inside: avoid; }
  .card details::details-content { content-visibility: visible; height: auto; }
  .picture { overflow: visible; } .picture .diagram { min-width: 0; width: 100%; }
}
)";
}

}  // namespace chatlab::conformance
