/** Made from `page/` by `scripts/build-page.ts`; a test compares them. */
export const pageStyle: string = `:root {
  --paper: #f7f8f9;
  --card: #ffffff;
  --sunk: #eff1f4;
  --ink: #1c2128;
  --soft: #57616d;
  --line: #dde2e7;
  --line-strong: #c3cad2;
  --accent: #1f5fbf;
  --hover: #e8eef7;
  --pass: #d3eddb;
  --pass-ink: #11592a;
  --pass-strong: #2c8a4b;
  --fail: #c4262e;
  --fail-ink: #ffffff;
  --fail-soft: #fdecec;
  --fail-text: #a81d25;
  --none: #e7ebef;
  --none-ink: #545e6a;
  --none-strong: #a3adb8;
  --refused-line: #9fc4ad;
  --refused-ink: #2f6b45;
  --tag-ink: #0d5c8c;
  --attribute-ink: #7a4a00;
  --value-ink: #22682f;
  --comment-ink: #5f6873;
  --shadow: 0 1px 2px rgb(20 30 45 / 6%), 0 1px 8px rgb(20 30 45 / 4%);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  --mark: 17px;
  color-scheme: light dark;
}

@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12151a;
    --card: #1a1e24;
    --sunk: #22272e;
    --ink: #e3e7ec;
    --soft: #9ba6b2;
    --line: #2c333b;
    --line-strong: #434c57;
    --accent: #7fb0f5;
    --hover: #232c39;
    --pass: #173d27;
    --pass-ink: #8fdca8;
    --pass-strong: #3f9e60;
    --fail: #d8363e;
    --fail-ink: #ffffff;
    --fail-soft: #351b1e;
    --fail-text: #ff8f93;
    --none: #2a3038;
    --none-ink: #a5afba;
    --none-strong: #5a6470;
    --refused-line: #3b6a4d;
    --refused-ink: #84bb98;
    --tag-ink: #7cc0ee;
    --attribute-ink: #e0b06b;
    --value-ink: #8fd09b;
    --comment-ink: #8d97a3;
    --shadow: none;
  }
}

* {
  box-sizing: border-box;
}

html {
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
  scroll-padding-top: 3rem;
}

body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font:
    14px/1.45 system-ui,
    -apple-system,
    'Segoe UI',
    Roboto,
    'Helvetica Neue',
    'Noto Sans',
    'DejaVu Sans',
    sans-serif;
  font-variant-numeric: tabular-nums;
}

h1,
h2,
p,
ul,
ol,
dl,
dd,
pre,
figure,
fieldset {
  margin: 0;
  padding: 0;
}

ul,
ol {
  list-style: none;
}

code,
pre,
.name,
.case {
  font-family: var(--mono);
  font-size: 0.92em;
}

a {
  color: var(--accent);
}

:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
  border-radius: 3px;
}

.skip {
  position: absolute;
  left: -100vw;
}

.skip:focus {
  left: 8px;
  top: 8px;
  z-index: 9;
  padding: 6px 10px;
  background: var(--card);
}

.head,
.jumps,
main {
  max-width: 1760px;
  margin-inline: auto;
  padding-inline: clamp(12px, 2.2vw, 32px);
}

.head {
  padding-top: 22px;
}

h1 {
  margin-bottom: 14px;
  font-size: 20px;
  font-weight: 650;
  letter-spacing: -0.01em;
  overflow-wrap: anywhere;
}

.runs {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr));
  gap: 14px;
}

.run-card {
  display: grid;
  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  grid-template-rows: auto 1fr auto;
  gap: 14px 28px;
  padding: 16px 18px;
  border: 1px solid var(--line);
  border-top: 3px solid var(--pass-strong);
  border-radius: 8px;
  background: var(--card);
  box-shadow: var(--shadow);
}

.run-card.failed {
  border-top-color: var(--fail);
}

.verdict {
  display: flex;
  gap: 12px;
  align-items: center;
}

.seal {
  flex: none;
  width: 40px;
  height: 40px;
  border-radius: 50%;
  background: var(--pass-strong);
  color: #ffffff;
  font-size: 22px;
  font-weight: 700;
  line-height: 40px;
  text-align: center;
}

.run-card.failed .seal {
  background: var(--fail);
}

.verdict h2 {
  font-size: 18px;
  font-weight: 650;
  line-height: 1.25;
  letter-spacing: -0.01em;
}

.label {
  color: var(--soft);
  font-weight: 600;
  overflow-wrap: anywhere;
}

.numbers {
  display: flex;
  gap: 26px;
  align-self: start;
}

.numbers div {
  display: flex;
  flex-direction: column-reverse;
}

.numbers dt {
  color: var(--soft);
  font-size: 12px;
}

.numbers dd {
  font-size: 24px;
  font-weight: 600;
  line-height: 1.2;
  letter-spacing: -0.02em;
}

.numbers .passed dd {
  color: var(--pass-strong);
}

.numbers .failed dd {
  color: var(--fail-text);
}

.numbers .none dd,
.zero {
  color: var(--soft);
}

.tiers {
  grid-column: 2;
  grid-row: 1 / span 2;
  align-self: start;
  border-collapse: collapse;
  width: 100%;
}

.tiers th,
.tiers td {
  padding: 2px 0 2px 14px;
  text-align: right;
  font-weight: 400;
  white-space: nowrap;
}

.tiers thead th {
  color: var(--soft);
  font-size: 12px;
}

.tiers th:first-child {
  padding-left: 0;
  text-align: left;
}

.tiers td:nth-child(2) {
  width: 45%;
}

.tiers .failed {
  color: var(--fail-text);
  font-weight: 650;
}

.bar {
  display: block;
  width: 100%;
  height: 8px;
  border-radius: 4px;
}

.bar .passed {
  fill: var(--pass-strong);
}

.bar .failed {
  fill: var(--fail);
}

.bar .not-run {
  fill: var(--none-strong);
}

.facts {
  grid-column: 1 / -1;
  display: flex;
  flex-wrap: wrap;
  gap: 6px 26px;
  padding-top: 10px;
  border-top: 1px solid var(--line);
}

.runs + .facts {
  padding: 12px 2px 0;
  border: 0;
}

.facts dt {
  color: var(--soft);
  font-size: 12px;
}

.facts dd {
  overflow-wrap: anywhere;
}

.emulator {
  display: block;
}

.jumps {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 18px;
  padding-block: 14px 0;
}

.jumps a {
  padding-block: 4px;
  font-weight: 550;
  text-decoration: none;
}

.jumps a:hover {
  text-decoration: underline;
}

.count {
  color: var(--soft);
  font-size: 0.86em;
  font-weight: 450;
}

section {
  margin-top: 22px;
}

section > h2 {
  margin-bottom: 8px;
  font-size: 16px;
  font-weight: 650;
}

section:last-child {
  margin-bottom: 40px;
}

.run-tag {
  display: inline-block;
  padding: 0 7px;
  border-radius: 4px;
  background: var(--sunk);
  color: var(--ink);
  font-size: 12px;
  font-weight: 550;
  overflow-wrap: anywhere;
}

.about,
.rest {
  color: var(--soft);
}

.failures,
.differences {
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--card);
  box-shadow: var(--shadow);
}

.failures > li,
.differences > li {
  padding: 9px 14px;
  border-bottom: 1px solid var(--line);
}

.failures > li:last-child,
.differences > li:last-child {
  border-bottom: 0;
}

.failures > li {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 2px 16px;
  box-shadow: inset 3px 0 var(--fail);
}

.failures .message {
  color: var(--fail-text);
  font-weight: 550;
  overflow-wrap: anywhere;
}

.failures ul,
.failures details {
  grid-column: 1 / -1;
}

.failures ul,
.differences ul {
  display: flex;
  flex-wrap: wrap;
  gap: 0 20px;
}

.failures ul + details,
.differences ul + details {
  margin-top: 2px;
}

.case {
  display: inline-block;
  max-width: 100%;
  padding-block: 3px;
  color: inherit;
  text-decoration: none;
  overflow-wrap: anywhere;
}

.case:hover {
  color: var(--accent);
  text-decoration: underline;
}

.sides {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 20px;
  margin-bottom: 2px;
}

.absent {
  color: var(--soft);
}

summary {
  padding-block: 3px;
  color: var(--accent);
  cursor: pointer;
}

.scroll {
  overflow-x: auto;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--card);
  box-shadow: var(--shadow);
}

.list {
  width: 100%;
  border-collapse: collapse;
}

.list th,
.list td {
  padding: 6px 14px;
  border-bottom: 1px solid var(--line);
  font-weight: 400;
  text-align: left;
  vertical-align: top;
}

.list thead th {
  color: var(--soft);
  font-size: 12px;
  white-space: nowrap;
}

.list tr:last-child > * {
  border-bottom: 0;
}

.list .number {
  width: 1%;
  text-align: right;
}

.list tbody th {
  width: 1%;
  white-space: nowrap;
}

.list .names code {
  display: inline-block;
  margin-right: 10px;
}

.mark {
  display: inline-block;
  width: var(--mark);
  height: var(--mark);
  border-radius: 3px;
  font:
    600 12px/17px system-ui,
    'Segoe UI Symbol',
    'DejaVu Sans',
    sans-serif;
  text-align: center;
  text-decoration: none;
  vertical-align: 1px;
}

.mark.passed {
  background: var(--pass);
  color: var(--pass-ink);
}

.mark.refused {
  box-shadow: inset 0 0 0 1px var(--refused-line);
  color: var(--refused-ink);
}

.mark.failed {
  background: var(--fail);
  color: var(--fail-ink);
}

.mark.not-run {
  background: var(--none);
  color: var(--none-ink);
}

.filters {
  margin-bottom: 10px;
}

.choices {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 18px;
  align-items: end;
}

.filters input[type='search'] {
  flex: 1 1 240px;
  max-width: 360px;
  height: 32px;
  padding: 0 10px;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  background: var(--card);
  color: inherit;
  font: inherit;
}

.choice {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  border: 0;
  min-width: 0;
}

.choice legend {
  margin-bottom: 2px;
  color: var(--soft);
  font-size: 12px;
}

.choice label {
  position: relative;
}

.choice input {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  margin: 0;
  opacity: 0;
  cursor: pointer;
}

.choice label > span {
  display: block;
  padding: 0 10px;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  background: var(--card);
  line-height: 30px;
  white-space: nowrap;
}

.choice label > span > .count {
  margin-left: 6px;
}

.choice input:checked + span {
  border-color: var(--accent);
  background: var(--hover);
  box-shadow: inset 0 0 0 1px var(--accent);
  font-weight: 600;
}

.choice input:focus-visible + span {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}

.choice input:hover + span {
  background: var(--hover);
}

.below {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 18px;
  align-items: center;
  margin-top: 8px;
}

.status {
  color: var(--soft);
}

.legend {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 16px;
  margin-left: auto;
  color: var(--soft);
}

button {
  padding: 0 12px;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  background: var(--card);
  color: inherit;
  font: inherit;
  line-height: 30px;
  cursor: pointer;
}

button:hover {
  background: var(--hover);
}

button.plain {
  padding: 0;
  border: 0;
  background: none;
  color: var(--accent);
}

button.plain:hover {
  text-decoration: underline;
}

.matrix-scroll {
  width: fit-content;
  max-width: 100%;
  max-height: calc(100vh - 24px);
  max-height: calc(100dvh - 24px);
  overflow: auto;
  overscroll-behavior-x: contain;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--card);
  box-shadow: var(--shadow);
}

.matrix-scroll + .matrix-scroll {
  margin-top: 14px;
}

.matrix {
  border-spacing: 0;
  border-collapse: separate;
}

.matrix th,
.matrix td {
  padding: 2px 5px;
  font-weight: 400;
  text-align: left;
  white-space: nowrap;
}

.matrix td.start,
.matrix th.start {
  border-left: 1px solid var(--line);
}

.matrix thead {
  position: sticky;
  top: 0;
  z-index: 2;
  background: var(--card);
}

.matrix thead th,
.matrix thead td {
  background: var(--card);
}

.matrix thead .guest th {
  padding-top: 7px;
  font-weight: 650;
}

.matrix thead .machine th,
.matrix thead .run th {
  color: var(--soft);
  font-size: 12px;
}

.matrix thead .run th span {
  display: block;
  max-width: calc(var(--mark) * 5);
  overflow: hidden;
  text-overflow: ellipsis;
}

.matrix thead .tier td {
  padding-block: 4px 5px;
  border-bottom: 1px solid var(--line-strong);
}

.tier-name {
  width: var(--mark);
  color: var(--soft);
  font-size: 11px;
  line-height: var(--mark);
  writing-mode: vertical-rl;
  rotate: 180deg;
}

.matrix .corner {
  min-width: min(300px, 30vw);
  vertical-align: bottom;
  border-bottom: 1px solid var(--line-strong);
  color: var(--soft);
  font-size: 12px;
}

.matrix .corner,
.matrix tbody th {
  position: sticky;
  left: 0;
  z-index: 1;
  padding-left: 12px;
  padding-right: 14px;
  background: var(--card);
  border-right: 1px solid var(--line);
}

.matrix .marks {
  display: flex;
  gap: 2px;
}

.matrix .chapter > * {
  border-top: 1px solid var(--line);
  background: var(--sunk);
}

.matrix thead + tbody .chapter > * {
  border-top: 0;
}

.chapter-name {
  width: 100%;
  padding: 0;
  border: 0;
  background: none;
  font-weight: 600;
  line-height: 22px;
  text-align: left;
}

.chapter-name:hover {
  background: none;
  color: var(--accent);
}

.chapter-name::before {
  content: '▸';
  display: inline-block;
  width: 16px;
  color: var(--soft);
}

.chapter-name[aria-expanded='true']::before {
  content: '▾';
}

.chapter-name .count {
  margin-left: 8px;
}

.matrix tbody tr:not(.chapter):hover > * {
  background: var(--hover);
}

.matrix tbody th[scope='row'] {
  max-width: min(460px, 30vw);
  padding-left: 28px;
  overflow: hidden;
  text-overflow: ellipsis;
}

.matrix .title {
  margin-left: 12px;
  color: var(--soft);
  font-size: 13px;
}

.matrix a.mark:hover {
  outline: 2px solid var(--ink);
  outline-offset: -1px;
}

.matrix a.mark:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 1px;
}

.mark.dimmed {
  opacity: 0.28;
}

.case-panel {
  position: fixed;
  inset: 0 0 0 auto;
  width: min(860px, 100vw);
  max-width: none;
  height: 100vh;
  height: 100dvh;
  max-height: none;
  margin: 0;
  padding: 0;
  border: 0;
  border-left: 1px solid var(--line-strong);
  background: var(--card);
  color: inherit;
  overflow: auto;
}

.case-panel::backdrop {
  background: rgb(10 14 20 / 38%);
}

[autofocus]:focus {
  outline: none;
}

.panel-bar {
  position: sticky;
  top: 0;
  z-index: 3;
  display: flex;
  gap: 6px;
  padding: 10px 20px;
  border-bottom: 1px solid var(--line);
  background: var(--card);
}

.panel-bar button:last-child {
  margin-left: auto;
}

.content {
  padding: 16px 20px 28px;
}

.content h2 {
  font-size: 18px;
  font-weight: 650;
  line-height: 1.3;
  overflow-wrap: anywhere;
}

.content h2::first-letter {
  text-transform: uppercase;
}

.case-place {
  margin-top: 4px;
  color: var(--soft);
  overflow-wrap: anywhere;
}

.case-place code {
  color: var(--ink);
}

.beside {
  display: flex;
  flex-wrap: wrap;
  gap: 6px 24px;
  margin-top: 12px;
}

.beside ul {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
}

.beside a {
  display: block;
  padding: 0 10px 0 7px;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  color: inherit;
  line-height: 28px;
  text-decoration: none;
}

.beside a:hover {
  background: var(--hover);
}

.beside a[aria-current] {
  border-color: var(--accent);
  background: var(--hover);
  box-shadow: inset 0 0 0 1px var(--accent);
  font-weight: 600;
}

.outcome .mark {
  margin-right: 8px;
}

.content .outcome {
  margin-top: 14px;
}

.content .reason,
.failure,
.refusal {
  margin-top: 12px;
  padding: 9px 12px;
  border-radius: 6px;
  background: var(--sunk);
  overflow-wrap: anywhere;
}

.failure {
  background: var(--fail-soft);
  box-shadow: inset 3px 0 var(--fail);
}

.failure pre {
  max-height: 40vh;
  overflow: auto;
  white-space: pre-wrap;
}

.failure .message {
  color: var(--fail-text);
}

.failure .stack pre {
  color: var(--soft);
}

.refusal {
  box-shadow: inset 3px 0 var(--refused-line);
}

.refusal li + li {
  margin-top: 8px;
}

.tabs {
  margin-top: 18px;
}

.tab-bar {
  position: sticky;
  top: 51px;
  z-index: 2;
  display: flex;
  gap: 12px;
  align-items: center;
  border-bottom: 1px solid var(--line-strong);
  background: var(--card);
}

.tab-bar [role='tablist'] {
  display: flex;
  flex: 1;
  overflow-x: auto;
  scrollbar-width: none;
}

[role='tab'] {
  flex: none;
  padding: 0 12px;
  border: 0;
  border-radius: 0;
  background: none;
  color: var(--soft);
  line-height: 36px;
}

[role='tab']:focus-visible {
  outline-offset: -3px;
}

[role='tab'][aria-selected='true'] {
  box-shadow: inset 0 -2px var(--accent);
  color: var(--ink);
  font-weight: 600;
}

.evidence {
  padding-top: 10px;
}

.code {
  overflow-x: auto;
  padding: 10px 0;
  border-radius: 6px;
  background: var(--sunk);
  font: 12.5px/1.5 var(--mono);
  tab-size: 4;
}

.code code {
  display: block;
  width: max-content;
  min-width: 100%;
  font-size: inherit;
}

.code .line {
  display: block;
  min-height: 1.5em;
  padding-inline: 12px;
}

.numbered {
  counter-reset: line;
}

.numbered code,
.argv code {
  width: auto;
}

.numbered .line {
  position: relative;
  padding-left: 52px;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.numbered .line::before {
  counter-increment: line;
  content: counter(line);
  position: absolute;
  left: 0;
  width: 38px;
  color: var(--comment-ink);
  text-align: right;
  user-select: none;
}

.line.remarked {
  background: var(--fail-soft);
  box-shadow: inset 3px 0 var(--fail);
}

.remark {
  display: block;
  padding: 1px 0 3px;
  color: var(--fail-text);
  font-family: system-ui, sans-serif;
  white-space: pre-wrap;
}

.argv .line {
  padding-left: 36px;
  text-indent: -24px;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.code .tag {
  color: var(--tag-ink);
}

.code .attribute {
  color: var(--attribute-ink);
}

.code .value,
.code .string {
  color: var(--value-ink);
}

.code .number,
.code .boolean {
  color: var(--tag-ink);
}

.code .comment {
  color: var(--comment-ink);
  font-style: italic;
}

.code.console {
  padding-inline: 12px;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.tree {
  padding-inline: 12px;
}

.tree .branch > :not(summary) {
  margin-left: 7px;
  padding-left: 13px;
  border-left: 1px solid var(--line-strong);
}

.tree .leaf {
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.tree summary {
  padding-block: 0;
  color: inherit;
}

.screens figcaption {
  margin-bottom: 4px;
  color: var(--soft);
}

.screens img {
  max-width: 100%;
  border: 1px solid var(--line);
  image-rendering: auto;
}

.screens figure + figure {
  margin-top: 16px;
}

@media (max-width: 720px) {
  .run-card {
    grid-template-columns: minmax(0, 1fr);
    padding: 14px;
  }

  .tiers {
    grid-column: 1;
    grid-row: auto;
  }

  .tiers td:nth-child(2) {
    width: 30%;
  }

  .failures > li {
    grid-template-columns: minmax(0, 1fr);
  }

  .legend {
    margin-left: 0;
  }

  .filters input[type='search'] {
    flex-basis: 100%;
    max-width: none;
    height: 38px;
    font-size: 16px;
  }

  .choice label > span {
    line-height: 34px;
  }

  .matrix tbody th[scope='row'],
  .matrix .corner,
  .matrix tbody th {
    max-width: 136px;
    min-width: 136px;
    padding-inline: 8px;
    white-space: normal;
    overflow-wrap: anywhere;
  }

  .matrix tbody th[scope='row'] {
    font-size: 12.5px;
    line-height: 1.3;
  }

  .matrix .title {
    display: none;
  }

  .matrix {
    --mark: 22px;
  }

  .matrix .mark {
    line-height: 22px;
  }

  .content {
    padding: 14px 14px 28px;
  }

  .panel-bar {
    padding-inline: 14px;
  }

  .panel-bar button,
  .beside a {
    line-height: 34px;
  }

  .tab-bar {
    top: 55px;
  }

  .code {
    margin-inline: -14px;
    border-radius: 0;
  }
}

@media (forced-colors: active) {
  .mark,
  .choice input:checked + span,
  .beside a[aria-current] {
    border: 1px solid;
    line-height: 15px;
  }

  [role='tab'][aria-selected='true'] {
    text-decoration: underline;
  }
}

@media print {
  :root {
    --paper: #ffffff;
  }

  body {
    font-size: 10px;
  }

  .jumps,
  .filters,
  .skip,
  dialog {
    display: none;
  }

  .matrix-scroll,
  .scroll {
    max-height: none;
    overflow: visible;
    box-shadow: none;
  }

  .matrix thead,
  .matrix tbody th,
  .matrix .corner {
    position: static;
  }

  section > h2,
  .filters {
    break-after: avoid;
  }

  .matrix tr,
  .failures > li,
  .run-card {
    break-inside: avoid;
  }

  .mark,
  .bar,
  .seal {
    print-color-adjust: exact;
  }
}
`
