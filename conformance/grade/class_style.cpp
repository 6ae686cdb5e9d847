#include "conformance/grade/class_style.hpp"

namespace chatlab::grade {

std::string_view class_style() {
  return R"(
body.class { max-width: 90rem; }
.side { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 0 2.5rem; align-items: start; }
.bars th { font-weight: 400; width: 1%; min-width: 11rem; padding-right: 1rem; }
.bars td { vertical-align: middle; }
.bars.long th { width: 55%; }
.bars td.time { width: 2.5rem; }
.bar { display: block; height: .85rem; min-width: 1px; border-radius: 3px; background: var(--link); }
.bar.bad { background: var(--bad); }
.matrix { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.matrix table { width: auto; border-collapse: separate; border-spacing: 0; overflow-wrap: normal; }
.matrix th, .matrix td { padding: .15rem .4rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
.matrix thead th { position: sticky; top: 0; z-index: 1; background: var(--card); vertical-align: bottom;
  border-bottom: 2px solid var(--line); }
.matrix .who { position: sticky; left: 0; z-index: 1; background: var(--card); max-width: 15rem; overflow: hidden;
  text-overflow: ellipsis; border-right: 1px solid var(--line); font-weight: 400; }
.matrix thead .who { z-index: 2; }
.matrix .check-name { font-weight: 400; color: var(--soft); padding: .4rem .15rem; }
.matrix .check-name.graded { font-weight: 600; color: var(--ink); }
.matrix .check-name span { writing-mode: vertical-rl; transform: rotate(180deg); }
.matrix td.p, .matrix td.f, .matrix td.w, .matrix td.b, .matrix td.s { text-align: center; min-width: 1.5rem; padding: .15rem 0; }
.p { color: var(--good); background: color-mix(in srgb, var(--good) 10%, transparent); }
.f { color: var(--bad); background: color-mix(in srgb, var(--bad) 22%, transparent); font-weight: 700; }
.w { color: var(--warn); background: color-mix(in srgb, var(--warn) 16%, transparent); }
.b { color: var(--soft); background: color-mix(in srgb, var(--soft) 18%, transparent); }
.matrix tbody tr:hover td, .matrix tbody tr:hover .who { border-bottom-color: var(--link); }
.matrix .whole { color: var(--soft); } .matrix .whole strong { color: var(--bad); font-weight: 600; }
@media print { .matrix { max-height: none; overflow: visible; border: 0; } .matrix thead th, .matrix .who { position: static; }
  body.class { font-size: 8pt; } .matrix th, .matrix td { padding: 0 .2rem; } }
)";
}

}  // namespace chatlab::grade
