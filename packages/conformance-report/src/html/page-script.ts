/** Made from `page/` by `scripts/build-page.ts`; a test compares them. */
export const pageScript: string = `const caseHash = (id) => encodeURIComponent(id.toWellFormed()).replaceAll('%2F', '/');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
function formatDuration(durationMs) {
    if (durationMs < 1000)
        return \`\${Math.round(durationMs)} ms\`;
    if (durationMs < minuteMs)
        return \`\${(Math.floor(durationMs / 100) / 10).toFixed(1)} s\`;
    if (durationMs < hourMs)
        return twoUnits(durationMs / 1000, 'min', 's');
    return twoUnits(durationMs / minuteMs, 'h', 'min');
}
function twoUnits(amount, large, small) {
    const rest = Math.floor(amount % 60);
    const whole = \`\${Math.floor(amount / 60)} \${large}\`;
    return rest === 0 ? whole : \`\${whole} \${rest} \${small}\`;
}
const marks = {
    passed: { name: 'passed', glyph: '✓', words: 'passed' },
    refused: { name: 'refused', glyph: '⊘', words: 'passed: not offered, and refused' },
    failed: { name: 'failed', glyph: '✗', words: 'failed' },
    'not-run': { name: 'not-run', glyph: '–', words: 'not run' },
};
const outcomeMark = (outcome, face) => outcome === 'passed' && face === 'refused' ? marks.refused : marks[outcome];
const allMarks = Object.values(marks);
const hidden = /[^\\P{Control}\\t\\n]|[\\p{Format}\\p{Line_Separator}\\p{Paragraph_Separator}\\p{Surrogate}\\p{Noncharacter_Code_Point}]/gu;
const visibleText = (text) => text.replaceAll(hidden, shown);
function shown(character) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20)
        return String.fromCodePoint(0x24_00 + code);
    return code === 0x7f ? '\\u2421' : \`\\\\u{\${code.toString(16)}}\`;
}
function element(name, attributes = {}, children = []) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
        if (value === undefined || value === false)
            continue;
        made.setAttribute(attribute, value === true ? '' : String(value));
    }
    made.append(...children.filter((child) => child !== undefined));
    return made;
}
const maxLength = 200_000;
function shownText(text) {
    const left = text.length - maxLength;
    if (left <= 0)
        return visibleText(text);
    return \`\${visibleText(text.slice(0, maxLength))}\\n… \${left} more characters: see the JSON report …\`;
}
function argvLines(argv) {
    const lines = [];
    for (const argument of argv) {
        const previous = lines.at(-1);
        const isValue = lines.length > 1 && previous !== undefined && isOption(previous) && !isOption(argument);
        if (isValue)
            lines[lines.length - 1] = \`\${previous} \${argument}\`;
        else
            lines.push(argument);
    }
    return lines;
}
const isOption = (argument) => /^-[A-Za-z][\\w-]*$/.test(argument);
const argvView = (argv) => element('pre', { class: 'code argv', tabindex: '0' }, [
    element('code', {}, argvLines(argv).map((line, at) => {
        const blank = line.indexOf(' ');
        const hasOption = at > 0 && line.startsWith('-');
        const name = hasOption && blank !== -1 ? line.slice(0, blank) : line;
        return element('span', { class: 'line' }, [
            hasOption ? element('span', { class: 'tag' }, [visibleText(name)]) : visibleText(name),
            shownText(line.slice(name.length)),
        ]);
    })),
]);
const outside = /<\\!--[^]*?(?:-->|$)|<[/?!]?[^\\s<>/?]*/g;
const inside = /[/?]?>|"[^"]*"|'[^']*'|[^\\s=>"'/?]+/g;
function xmlTokens(xml) {
    const tokens = [];
    let at = 0;
    let isInside = false;
    while (at < xml.length) {
        const pattern = isInside ? inside : outside;
        pattern.lastIndex = at;
        const found = pattern.exec(xml);
        if (found === null)
            break;
        const [text] = found;
        if (found.index > at)
            tokens.push({ kind: 'text', text: xml.slice(at, found.index) });
        at = found.index + text.length;
        if (text.startsWith('<\\!--'))
            tokens.push({ kind: 'comment', text });
        else if (!isInside || text.endsWith('>')) {
            tokens.push({ kind: 'tag', text });
            isInside = !isInside;
        }
        else
            tokens.push({ kind: /^["']/.test(text) ? 'value' : 'attribute', text });
    }
    if (at < xml.length)
        tokens.push({ kind: 'text', text: xml.slice(at) });
    return tokens;
}
function codeView(text, remarks = []) {
    const lines = [element('span', { class: 'line' })];
    for (const { kind, text: token } of xmlTokens(shownText(text.trimEnd()))) {
        for (const [at, piece] of token.split('\\n').entries()) {
            if (at > 0)
                lines.push(element('span', { class: 'line' }));
            if (piece === '')
                continue;
            lines.at(-1)?.append(kind === 'text' ? piece : element('span', { class: kind }, [piece]));
        }
    }
    for (const { line, text: remark } of remarks) {
        const marked = lines[line - 1];
        if (marked === undefined)
            continue;
        marked.classList.add('remarked');
        marked.append(element('span', { class: 'remark' }, [visibleText(remark)]));
    }
    return element('pre', { class: 'code numbered', tabindex: '0' }, [element('code', {}, lines)]);
}
const openLevels = 3;
const maxOpenMembers = 60;
const maxInlineLength = 80;
const jsonForest = (value) => membersOf(value)?.map(([name, one]) => jsonTree(one, name, 1)) ?? [jsonTree(value, undefined, 0)];
function jsonTree(value, name, level) {
    const members = membersOf(value);
    const short = members === undefined ? undefined : inline(value);
    if (members === undefined || short !== undefined) {
        return element('div', { class: 'leaf' }, [...label(name), leaf(value, short)]);
    }
    const isOpen = level < openLevels && members.length <= maxOpenMembers;
    const branch = element('details', { class: 'branch' }, [
        element('summary', {}, [
            ...label(name),
            element('span', { class: 'count' }, [
                Array.isArray(value) ? \`[\${members.length}]\` : \`{\${members.length}}\`,
            ]),
        ]),
    ]);
    const fill = () => {
        if (branch.childElementCount > 1)
            return;
        branch.append(...members.map(([key, one]) => jsonTree(one, key, level + 1)));
    };
    if (isOpen) {
        branch.open = true;
        fill();
    }
    branch.addEventListener('toggle', fill);
    return branch;
}
function membersOf(value) {
    return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}
function inline(value) {
    const isFlat = Object.values(value ?? {}).every((one) => typeof one !== 'object' || one === null);
    if (!isFlat)
        return undefined;
    const written = JSON.stringify(value, null, 1).replaceAll(/\\n\\s*/g, ' ');
    return written.length <= maxInlineLength ? written : undefined;
}
const label = (name) => name === undefined ? [] : [element('span', { class: 'attribute' }, [visibleText(name)]), ' '];
const leaf = (value, short) => element('span', { class: short === undefined ? typeof value : 'flat' }, [
    shownText(short ?? (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))),
]);
function evidenceViews(parts) {
    const { xml, stored, argv, live, acts, guest, console, screenshots, refusal } = parts;
    const remarks = (refusal ?? []).flatMap(({ line, message }) => line === undefined ? [] : [{ line, text: message }]);
    const views = [
        xml === undefined
            ? undefined
            : { name: 'xml', title: 'XML', text: xml, build: () => codeView(xml, remarks) },
        stored === undefined
            ? undefined
            : { name: 'stored', title: 'Definition', text: stored, build: () => codeView(stored) },
        argv === undefined
            ? undefined
            : {
                name: 'argv',
                title: 'Command line',
                text: argv.map(quoted).join(' \\\\\\n  '),
                build: () => argvView(argv),
            },
        live === undefined ? undefined : jsonView('live', 'QEMU', live),
        acts === undefined
            ? undefined
            : { name: 'acts', title: 'Acts', text: acts, build: () => consoleView(acts) },
        guest === undefined ? undefined : jsonView('guest', 'Guest', guest),
        console === undefined
            ? undefined
            : { name: 'console', title: 'Console', text: console, build: () => consoleView(console) },
        screenshots === undefined || screenshots.length === 0
            ? undefined
            : { name: 'screenshots', title: 'Screen', text: '', build: () => screenView(screenshots) },
    ];
    return views.filter((view) => view !== undefined);
}
const jsonView = (name, title, value) => ({
    name,
    title,
    text: JSON.stringify(value, null, 2),
    build: () => element('div', { class: 'code tree' }, jsonForest(value)),
});
const consoleView = (text) => element('pre', { class: 'code console', tabindex: '0' }, [shownText(text)]);
function screenView(screenshots) {
    const figures = screenshots.map(({ title, url }) => element('figure', {}, [
        element('figcaption', {}, [visibleText(title)]),
        /^data:image\\/png;base64,[\\w+/=]+$/.test(url)
            ? element('img', { src: url, alt: \`Screen of the guest: \${visibleText(title)}\` })
            : element('p', {}, ['not a picture in PNG']),
    ]));
    return element('div', { class: 'screens' }, figures);
}
const quoted = (argument) => /^[\\w@%+=:,./-]+$/.test(argument) ? argument : \`'\${argument.replaceAll("'", "'\\\\''")}'\`;
function markLink(one, isDimmed) {
    const { name, glyph, words } = outcomeMark(one.outcome, one.face);
    const link = document.createElement('a');
    link.className = \`mark \${name}\${isDimmed ? ' dimmed' : ''}\`;
    link.href = \`#\${caseHash(one.id)}\${one.run === 0 ? '' : \`?run=\${one.run}\`}\`;
    link.tabIndex = -1;
    link.setAttribute('aria-label', \`\${one.tier}: \${words}\`);
    link.title = \`\${one.tier}: \${words}\${detail(one)}\`;
    link.textContent = glyph;
    return link;
}
const detail = ({ message, reason }) => message === undefined && reason === undefined ? '' : \`\\n\${message ?? reason}\`;
const markSpan = ({ name, glyph, words }) => element('span', { class: \`mark \${name}\`, role: 'img', 'aria-label': words }, [glyph]);
function noMark() {
    const span = document.createElement('span');
    span.className = 'mark absent';
    return span;
}
function tabs(views, options) {
    const panel = element('div', { role: 'tabpanel', id: 'evidence', class: 'evidence' });
    const copy = copyButton();
    const buttons = views.map(({ name, title }) => element('button', { type: 'button', role: 'tab', id: \`tab-\${name}\`, 'aria-controls': 'evidence' }, [title]));
    const show = (at) => {
        const view = views[at];
        if (view === undefined)
            return;
        for (const [other, button] of buttons.entries()) {
            button.setAttribute('aria-selected', String(other === at));
            button.tabIndex = other === at ? 0 : -1;
        }
        panel.setAttribute('aria-labelledby', \`tab-\${view.name}\`);
        panel.replaceChildren(view.build());
        copy.offer(view.text);
    };
    for (const [at, button] of buttons.entries()) {
        button.addEventListener('click', () => {
            show(at);
            options.choose(views[at]?.name ?? '');
        });
        button.addEventListener('keydown', ({ key }) => {
            const step = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
            const next = buttons[(at + step + buttons.length) % buttons.length];
            if (step === 0 || next === undefined)
                return;
            next.focus();
            next.click();
        });
    }
    show(Math.max(0, views.findIndex(({ name }) => name === options.chosen)));
    return element('div', { class: 'tabs' }, [
        element('div', { class: 'tab-bar' }, [
            element('div', { role: 'tablist', 'aria-label': 'Evidence' }, buttons),
            copy.button,
        ]),
        panel,
    ]);
}
function copyButton() {
    const button = element('button', { type: 'button', class: 'plain copy' }, ['Copy']);
    let offered = '';
    button.addEventListener('click', () => {
        navigator.clipboard.writeText(offered).then(() => (button.textContent = 'Copied'), () => (button.textContent = 'Not allowed'));
    });
    const offer = (text) => {
        offered = text;
        button.textContent = 'Copy';
        button.hidden = text === '' || !('clipboard' in navigator);
    };
    return { button, offer };
}
function caseHead(one, around) {
    const { name, words } = outcomeMark(one.outcome, one.face);
    return [
        element('h2', { id: 'case-title' }, [visibleText(one.title)]),
        element('p', { class: 'case-place' }, [
            element('code', {}, [visibleText(one.scenario)]),
            ' on ',
            element('code', {}, [visibleText(\`\${one.guest}/\${one.machine}\`)]),
            \` · \${formatDuration(one.durationMs)}\`,
        ]),
        element('nav', { class: 'beside', 'aria-label': 'Other tiers and runs' }, [
            links(around.tiers, one, ({ tier }) => tier),
            around.labels.length > 1
                ? links(around.runs, one, ({ run }) => around.labels[run] ?? '')
                : undefined,
        ]),
        element('p', { class: \`outcome \${name}\` }, [
            markSpan(outcomeMark(one.outcome, one.face)),
            element('b', {}, [words]),
            \` — \${faceWords(one)}\`,
        ]),
    ];
}
function caseEvidence(one, parts, choice) {
    const views = evidenceViews(parts);
    return [
        ...reasonBlock(one, parts),
        ...failureBlock(parts),
        ...refusalBlock(parts),
        views.length === 0
            ? element('p', { class: 'rest' }, ['This case left no evidence.'])
            : tabs(views, {
                chosen: choice.chosen ?? firstTab(one),
                choose: (name) => (choice.chosen = name),
            }),
    ];
}
function faceWords({ face, outcome, guest, tier }) {
    if (outcome === 'not-run')
        return 'counts as neither passed nor failed';
    if (tier === 'laws')
        return \`must hold for \${guest}\`;
    return face === 'offered'
        ? \`\${guest} offers this, so it must hold\`
        : \`\${guest} does not offer this, so the document must be refused\`;
}
const firstTab = ({ outcome, tier }) => {
    if (outcome !== 'failed')
        return 'xml';
    return ({ live: 'live', guest: 'console', nested: 'console', golden: 'argv' }[tier] ?? 'xml');
};
function links(cases, current, nameOf) {
    return element('ul', {}, cases.map((one) => element('li', {}, [
        element('a', {
            href: \`#\${caseHash(one.id)}\${one.run === 0 ? '' : \`?run=\${one.run}\`}\`,
            'aria-current': one === current ? 'true' : undefined,
        }, [markSpan(outcomeMark(one.outcome, one.face)), \` \${visibleText(nameOf(one))}\`]),
    ])));
}
const reasonBlock = ({ reason }, { refusal }) => reason === undefined || refusal?.some(({ message }) => message === reason) === true
    ? []
    : [element('p', { class: 'reason' }, [visibleText(reason)])];
function failureBlock({ failure }) {
    if (failure === undefined)
        return [];
    const { message, stack } = failure;
    const block = [element('pre', { class: 'message', tabindex: '0' }, [shownText(message)])];
    if (stack !== undefined) {
        block.push(element('details', { class: 'stack' }, [
            element('summary', {}, ['Stack']),
            element('pre', { tabindex: '0' }, [shownText(stack)]),
        ]));
    }
    return [element('div', { class: 'failure' }, block)];
}
function refusalBlock({ refusal }) {
    if (refusal === undefined || refusal.length === 0)
        return [];
    const items = refusal.map(({ code, path, line, message }) => element('li', {}, [
        element('p', {}, [visibleText(message)]),
        element('p', { class: 'about' }, [
            element('code', {}, [visibleText(code)]),
            ...(path === undefined ? [] : [' at ', element('code', {}, [visibleText(path)])]),
            line === undefined ? '' : \`, line \${line}\`,
        ]),
    ]));
    return [element('ul', { class: 'refusal', 'aria-label': 'Refused because' }, items)];
}
const maxChunks = 24;
const chunks = new Map();
const readIndex = async () => (await unpack('index'));
async function readParts(numbers, { chunkStarts }) {
    const parts = await Promise.all(Object.entries(numbers).map(async ([name, number]) => {
        const chunk = chunkStarts.findLastIndex((start) => start <= number);
        const values = await readChunk(chunk);
        return [name, values[number - (chunkStarts[chunk] ?? 0)]];
    }));
    return Object.fromEntries(parts);
}
function readChunk(number) {
    const known = chunks.get(number) ?? unpack(\`chunk-\${number}\`);
    chunks.delete(number);
    chunks.set(number, known);
    const [oldest] = chunks.keys();
    if (chunks.size > maxChunks && oldest !== undefined)
        chunks.delete(oldest);
    return known;
}
async function unpack(id) {
    const packed = document.getElementById(id)?.textContent ?? '';
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return JSON.parse(await new Response(inflated).text());
}
function caseDialog(index, { leave, step }) {
    const content = element('div', { class: 'content', tabindex: -1, autofocus: true });
    const dialog = element('dialog', { class: 'case-panel', 'aria-labelledby': 'case-title' }, [
        element('div', { class: 'panel-bar' }, [
            button('‹', 'Previous case', () => step(-1)),
            button('›', 'Next case', () => step(1)),
            button('Close', 'Close', leave),
        ]),
        content,
    ]);
    document.body.append(dialog);
    dialog.addEventListener('cancel', (event) => {
        event.preventDefault();
        leave();
    });
    dialog.addEventListener('click', ({ target }) => {
        if (target === dialog)
            leave();
    });
    dialog.addEventListener('keydown', ({ key, target }) => {
        if (target instanceof HTMLElement && target.getAttribute('role') === 'tab')
            return;
        if (key === 'j')
            step(1);
        if (key === 'k')
            step(-1);
    });
    const choice = {};
    let shown;
    return {
        get isOpen() {
            return dialog.open;
        },
        async open(one, around) {
            if (shown === one && dialog.open)
                return;
            shown = one;
            const head = caseHead(one, around);
            content.replaceChildren(...head);
            if (!dialog.open)
                dialog.showModal();
            dialog.scrollTop = 0;
            const evidence = await readParts(one.parts, index).then((parts) => caseEvidence(one, parts, choice), (error) => [
                element('p', { class: 'rest' }, [\`The evidence cannot be read: \${String(error)}\`]),
            ]);
            if (shown === one)
                content.replaceChildren(...head, ...evidence);
        },
        close() {
            shown = undefined;
            dialog.close();
        },
    };
}
function button(text, label, press) {
    const made = element('button', { type: 'button', 'aria-label': label, title: label }, [text]);
    made.addEventListener('click', press);
    return made;
}
const tierOrder = ['laws', 'model', 'golden', 'live', 'guest', 'nested'];
function caseModel({ runs }) {
    const differing = differingIds(runs);
    const cases = runs.flatMap(({ cases: own }, run) => own.map((one) => ({ ...one, run, words: wordsOf(one), differs: differing.has(one.id) })));
    const byId = new Map();
    for (const one of cases) {
        const key = one.id.toWellFormed();
        const own = byId.get(key) ?? runs.map(() => undefined);
        own[one.run] = one;
        byId.set(key, own);
    }
    const machines = cases.filter(({ machine }) => machine !== 'any');
    const used = new Set(cases.map(({ tier }) => tier));
    return {
        labels: runs.map(({ label }) => label),
        cases,
        byId,
        guests: [...new Set([...machines, ...cases].map(({ guest }) => guest))],
        tiers: tierOrder.filter((tier) => used.has(tier)),
    };
}
const wordsOf = (one) => [one.scenario, one.title, \`\${one.guest}/\${one.machine}\`, one.reason, one.message]
    .join('\\n')
    .toLowerCase();
function differingIds(runs) {
    const outcomes = Map.groupBy(runs.flatMap(({ cases }) => cases), ({ id }) => id);
    const differs = (own) => own.length < runs.length ||
        new Set(own.map(({ outcome, face }) => \`\${outcome} \${face}\`)).size > 1;
    return new Set([...outcomes].flatMap(([id, own]) => (differs(own) ? [id] : [])));
}
const typingMs = 120;
function filterBar(model, changed) {
    const search = element('input', {
        type: 'search',
        name: 'q',
        placeholder: 'scenario, message, reason …',
        'aria-label': 'Search in scenarios, titles, messages and reasons',
        autocomplete: 'off',
        spellcheck: 'false',
    });
    const status = element('p', { class: 'status', role: 'status' });
    const openAll = element('button', { type: 'button', class: 'plain' });
    const reset = element('button', { type: 'button', class: 'plain', hidden: true }, [
        'Clear filters',
    ]);
    const form = element('form', { class: 'filters', 'aria-label': 'Filters of the matrix' }, [
        element('div', { class: 'choices' }, [
            search,
            choices('show', 'radio', wantedChoices(model)),
            model.tiers.length > 1 ? choices('tier', 'checkbox', named(model.tiers)) : undefined,
            model.guests.length > 1 ? choices('guest', 'checkbox', named(model.guests)) : undefined,
        ]),
        element('div', { class: 'below' }, [status, reset, openAll, legend()]),
    ]);
    const tell = () => changed(readForm(form));
    let typing;
    form.addEventListener('input', ({ target }) => {
        clearTimeout(typing);
        typing = setTimeout(tell, target === search ? typingMs : 0);
    });
    form.addEventListener('submit', (event) => event.preventDefault());
    return { form, status, openAll, reset, show: (state) => writeForm(form, state) };
}
const legend = () => element('ul', { class: 'legend', 'aria-label': 'Marks' }, allMarks.map((mark) => element('li', {}, [
    markSpan(mark),
    \` \${mark.name === 'refused' ? 'not offered, refused' : mark.words}\`,
])));
const named = (words) => words.map((word) => ({ value: word, label: word }));
function wantedChoices({ labels, cases }) {
    const count = (fits) => String(cases.filter(fits).length);
    const differ = cases.filter(({ differs }) => differs);
    return [
        { value: 'all', label: 'all', count: String(cases.length) },
        { value: 'failed', label: 'failed', count: count(({ outcome }) => outcome === 'failed') },
        { value: 'not-run', label: 'not run', count: count(({ outcome }) => outcome === 'not-run') },
        ...(labels.length > 1
            ? [
                {
                    value: 'differs',
                    label: 'differs',
                    count: String(new Set(differ.map(({ id }) => id)).size),
                },
            ]
            : []),
    ];
}
const groupNames = {
    show: 'Outcome',
    tier: 'Tier',
    guest: 'Architecture',
};
const choices = (name, type, own) => element('fieldset', { class: \`choice \${type}\` }, [
    element('legend', {}, [groupNames[name] ?? name]),
    ...own.map(({ value, label, count }) => element('label', {}, [
        element('input', { type, name, value }),
        element('span', {}, [
            label,
            count === undefined ? undefined : element('span', { class: 'count' }, [count]),
        ]),
    ])),
]);
function readForm(form) {
    const data = new FormData(form);
    const texts = (name) => data.getAll(name).filter((value) => typeof value === 'string');
    return {
        wanted: (texts('show')[0] ?? 'all'),
        text: texts('q')[0] ?? '',
        guests: texts('guest'),
        tiers: texts('tier'),
    };
}
function writeForm(form, { wanted, text, guests, tiers }) {
    for (const input of form.querySelectorAll('input')) {
        const { name, value } = input;
        if (name === 'q' && input !== document.activeElement)
            input.value = text;
        if (name === 'show')
            input.checked = value === wanted;
        if (name === 'tier')
            input.checked = tiers.includes(value);
        if (name === 'guest')
            input.checked = guests.includes(value);
    }
}
const steps = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
};
function arrowKeys(table) {
    const all = () => [
        ...table.querySelectorAll('a.mark'),
    ];
    const stop = (mark) => {
        for (const other of table.querySelectorAll('a.mark[tabindex="0"]')) {
            other.setAttribute('tabindex', '-1');
        }
        mark?.setAttribute('tabindex', '0');
    };
    stop(all()[0]);
    table.addEventListener('click', () => {
        if (table.querySelector('a.mark[tabindex="0"]') === null)
            stop(all()[0]);
    });
    table.addEventListener('focusin', ({ target }) => {
        if (target instanceof HTMLAnchorElement && target.matches('a.mark'))
            stop(target);
    });
    table.addEventListener('keydown', (event) => {
        const { target } = event;
        if (!(target instanceof HTMLAnchorElement) || event.ctrlKey || event.altKey || event.metaKey)
            return;
        const next = nextMark(table, target, event.key);
        if (next === undefined)
            return;
        event.preventDefault();
        next.focus();
        next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
}
function nextMark(table, from, key) {
    const row = from.closest('tr');
    if (row === null)
        return undefined;
    const marks = marksOf(row);
    const at = marks.indexOf(from);
    if (key === 'Home')
        return marks.find(isLink);
    if (key === 'End')
        return marks.findLast(isLink);
    const [rowStep, markStep] = steps[key] ?? [0, 0];
    if (markStep !== 0) {
        return markStep > 0 ? marks.slice(at + 1).find(isLink) : marks.slice(0, at).findLast(isLink);
    }
    if (rowStep === 0)
        return undefined;
    const rows = [...table.rows];
    const start = rows.indexOf(row);
    const others = rowStep > 0 ? rows.slice(start + 1) : rows.slice(0, start).toReversed();
    return others
        .map((other) => marksOf(other)[at])
        .find((mark) => mark !== undefined && isLink(mark));
}
const marksOf = (row) => [
    ...row.querySelectorAll('.marks > *'),
];
const isLink = (mark) => mark instanceof HTMLAnchorElement;
const isWanted = {
    all: () => true,
    failed: ({ outcome }) => outcome === 'failed',
    'not-run': ({ outcome }) => outcome === 'not-run',
    refused: ({ outcome, face }) => outcome === 'passed' && face === 'refused',
    differs: ({ differs }) => differs,
};
function caseFilter(state) {
    const words = state.text.toLowerCase().split(/\\s+/).filter(Boolean);
    const fits = isWanted[state.wanted];
    const guests = new Set(state.guests);
    const tiers = new Set(state.tiers);
    return (one) => fits(one) &&
        (guests.size === 0 || guests.has(one.guest)) &&
        (tiers.size === 0 || tiers.has(one.tier)) &&
        words.every((word) => one.words.includes(word));
}
const hasFilters = ({ wanted, text, guests, tiers }) => wanted !== 'all' || text.trim() !== '' || guests.length > 0 || tiers.length > 0;
const scenarioChapter = (scenario) => scenario.split('/', 1)[0] ?? scenario;
function matrixLayout(cases, options) {
    const groups = Map.groupBy(cases, ({ machine }) => machine === 'any');
    return [
        tableOf('Scenarios by machine', groups.get(false) ?? [], options),
        tableOf('Laws of each architecture', groups.get(true) ?? [], options),
    ].filter(({ chapters }) => chapters.length > 0);
}
function tableOf(name, cases, { tiers, fits }) {
    const wanted = new Set(cases.filter(fits).map(({ scenario }) => scenario));
    const shown = cases.filter(({ scenario }) => wanted.has(scenario));
    const usedTiers = new Set(shown.map(({ tier }) => tier));
    const columns = columnsOf(shown);
    const used = tiers.filter((tier) => usedTiers.has(tier));
    const chapters = Map.groupBy(shown, ({ scenario }) => scenarioChapter(scenario));
    return {
        name,
        columns,
        tiers: used,
        chapters: [...chapters].map(([chapter, own]) => ({
            name: chapter,
            rows: rowsOf(own, columns, used),
        })),
    };
}
function columnsOf(cases) {
    const guests = Map.groupBy(cases, ({ guest }) => guest);
    return [...guests.values()].flatMap((ofGuest) => [...Map.groupBy(ofGuest, ({ machine }) => machine).values()].flatMap((ofMachine) => {
        const [first] = ofMachine;
        const runs = [...new Set(ofMachine.map(({ run }) => run))].toSorted((a, b) => a - b);
        return first === undefined
            ? []
            : runs.map((run) => ({ guest: first.guest, machine: first.machine, run }));
    }));
}
function rowsOf(cases, columns, tiers) {
    const numbers = new Map(columns.map((column, at) => [columnKey(column), at]));
    const tierNumbers = new Map(tiers.map((tier, at) => [tier, at]));
    return [...Map.groupBy(cases, ({ scenario }) => scenario)].map(([scenario, own]) => {
        const cells = columns.map(() => Array.from({ length: tiers.length }));
        for (const one of own) {
            const cell = cells[numbers.get(columnKey(one)) ?? -1];
            const tier = tierNumbers.get(one.tier);
            if (cell !== undefined && tier !== undefined)
                cell[tier] = one;
        }
        return { scenario, title: own[0]?.title ?? '', cells };
    });
}
const columnKey = ({ guest, machine, run }) => JSON.stringify([guest, machine, run]);
function chapterSum({ rows }, column, tier) {
    const cases = rows.flatMap(({ cells }) => cells[column]?.[tier] ?? []);
    const [first] = cases;
    if (first === undefined)
        return undefined;
    const worst = cases.find(({ outcome }) => outcome === 'failed') ??
        cases.find(({ outcome, face }) => outcome === 'passed' && face === 'offered') ??
        cases.find(({ outcome }) => outcome === 'passed') ??
        first;
    return { mark: outcomeMark(worst.outcome, worst.face), words: countWords(cases) };
}
function countWords(cases) {
    const counts = Map.groupBy(cases, ({ outcome, face }) => outcomeMark(outcome, face).name);
    return [...counts].map(([name, own]) => \`\${own.length} \${name.replace('-', ' ')}\`).join(', ');
}
function matrixHead(table, labels) {
    const { columns, tiers } = table;
    const levels = [
        { name: 'guest', of: ({ guest }) => guest },
        ...(columns.some(({ machine }) => machine !== 'any')
            ? [{ name: 'machine', of: ({ machine }) => machine }]
            : []),
        ...(labels.length > 1
            ? [{ name: 'run', of: ({ run }) => labels[run] ?? '' }]
            : []),
    ];
    const rows = levels.map(({ name }, level) => {
        const groups = neighbours(columns, (one) => levels
            .slice(0, level + 1)
            .map(({ of }) => of(one))
            .join('\\0'));
        return element('tr', { class: name }, [
            level === 0 ? corner(levels.length + 1) : undefined,
            ...groups.map((own) => headCell(own, levels[level]?.of)),
        ]);
    });
    const tierRow = element('tr', { class: 'tier' }, [
        ...columns.map((_, at) => element('td', { class: starts(columns, at) ? 'start' : undefined }, [
            element('span', { class: 'marks' }, tiers.map((tier) => element('span', { class: 'tier-name' }, [tier]))),
        ])),
    ]);
    return element('thead', {}, [...rows, tierRow]);
}
const corner = (rows) => element('th', { scope: 'col', class: 'corner', rowspan: rows }, ['scenario']);
function headCell(own, of) {
    const [first] = own;
    const name = first === undefined || of === undefined ? '' : of(first);
    const attributes = {
        scope: own.length > 1 ? 'colgroup' : 'col',
        colspan: own.length,
        class: 'start',
        title: name,
    };
    return element('th', attributes, [element('span', {}, [name])]);
}
const starts = (columns, at) => {
    const [previous, own] = [columns[at - 1], columns[at]];
    return previous?.guest !== own?.guest || previous?.machine !== own?.machine;
};
function neighbours(columns, key) {
    const groups = [];
    for (const column of columns) {
        const last = groups.at(-1);
        const [first] = last ?? [];
        if (last !== undefined && first !== undefined && key(first) === key(column))
            last.push(column);
        else
            groups.push([column]);
    }
    return groups;
}
function matrixTable(table, view) {
    return element('table', { class: 'matrix', 'aria-label': table.name }, [
        matrixHead(table, view.labels),
        ...table.chapters.map((chapter) => chapterBody(chapter, table, view)),
    ]);
}
function chapterBody(chapter, table, view) {
    const { name, rows } = chapter;
    const body = element('tbody');
    const toggle = element('button', { type: 'button', class: 'chapter-name' }, [
        visibleText(name),
        element('span', { class: 'count' }, [String(rows.length)]),
    ]);
    const sums = table.columns.map((_, column) => element('td', { class: starts(table.columns, column) ? 'start' : undefined }, [
        sumMarks(chapter, table, column),
    ]));
    body.append(element('tr', { class: 'chapter' }, [element('th', { scope: 'rowgroup' }, [toggle]), ...sums]));
    const show = (isOpen) => {
        toggle.setAttribute('aria-expanded', String(isOpen));
        body.classList.toggle('open', isOpen);
        while (body.rows.length > 1)
            body.rows[1]?.remove();
        if (isOpen)
            body.append(...rows.map((row) => rowElement(row, table, view)));
    };
    show(view.isOpen(name));
    toggle.addEventListener('click', () => {
        const isOpen = toggle.getAttribute('aria-expanded') !== 'true';
        view.setOpen(name, isOpen);
        show(isOpen);
    });
    return body;
}
function sumMarks(chapter, table, column) {
    return element('span', { class: 'marks' }, table.tiers.map((tier, at) => {
        const sum = chapterSum(chapter, column, at);
        if (sum === undefined)
            return noMark();
        const mark = markSpan(sum.mark);
        mark.setAttribute('aria-label', \`\${tier}: \${sum.words}\`);
        mark.title = \`\${tier}: \${sum.words}\`;
        return mark;
    }));
}
function rowElement(row, table, view) {
    const name = row.scenario.slice(row.scenario.indexOf('/') + 1);
    const made = document.createElement('tr');
    const title = visibleText(row.title);
    made.append(element('th', { scope: 'row', title }, [
        element('span', { class: 'name' }, [visibleText(name)]),
        element('span', { class: 'title' }, [title]),
    ]));
    for (const [column, cell] of row.cells.entries()) {
        const place = made.insertCell();
        if (starts(table.columns, column))
            place.className = 'start';
        const marks = document.createElement('span');
        marks.className = 'marks';
        for (const one of cell) {
            marks.append(one === undefined ? noMark() : markLink(one, !view.fits(one)));
        }
        place.append(marks);
    }
    return made;
}
const maxOpenMarks = 1500;
function matrixSection(model, bar, place) {
    const opened = new Map();
    let tables = [];
    let last;
    let shown = [];
    const chapterNames = () => tables.flatMap(({ chapters }) => chapters.map(({ name }) => name));
    const draw = (state) => {
        const fits = caseFilter(state);
        const cases = model.cases.filter(({ guest, tier }) => (state.guests.length === 0 || state.guests.includes(guest)) &&
            (state.tiers.length === 0 || state.tiers.includes(tier)));
        tables = matrixLayout(cases, { tiers: model.tiers, fits });
        shown = tables.flatMap(inRows).filter(fits);
        const isOpen = openByDefault(state, tables);
        const view = {
            labels: model.labels,
            fits,
            isOpen: (chapter) => opened.get(chapter) ?? isOpen,
            setOpen: (chapter, open) => {
                opened.set(chapter, open);
                label();
            },
        };
        const label = () => {
            const areOpen = chapterNames().every(view.isOpen);
            bar.openAll.textContent = areOpen ? 'Close all chapters' : 'Open all chapters';
            bar.openAll.hidden = tables.length === 0;
        };
        place.replaceChildren(...tables.map((table) => {
            const made = matrixTable(table, view);
            arrowKeys(made);
            return element('div', { class: 'matrix-scroll', role: 'region', 'aria-label': table.name, tabindex: '0' }, [made]);
        }), ...(tables.length === 0 ? [element('p', { class: 'rest' }, ['No case is like this.'])] : []));
        label();
        bar.status.textContent = statusWords(tables, shown);
        bar.reset.hidden = !hasFilters(state);
    };
    return {
        show(state) {
            const isSame = last !== undefined && sameFilters(last, state);
            last = state;
            if (isSame)
                return;
            opened.clear();
            bar.show(state);
            draw(state);
        },
        shown: () => shown,
        openAll() {
            const isOpen = bar.openAll.textContent !== 'Close all chapters';
            for (const name of chapterNames())
                opened.set(name, isOpen);
            if (last !== undefined)
                draw(last);
        },
    };
}
function openByDefault(state, tables) {
    const marks = tables.reduce((sum, table) => sum + inRows(table).length, 0);
    const isSearch = state.wanted !== 'all' || state.text.trim() !== '';
    return marks <= maxOpenMarks || (isSearch && marks <= 10 * maxOpenMarks);
}
const inRows = ({ chapters }) => chapters.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.flatMap((cell) => cell.filter((one) => one !== undefined))));
function statusWords(tables, shown) {
    const rows = tables.flatMap(({ chapters }) => chapters.flatMap((chapter) => chapter.rows)).length;
    const cases = shown.length === 1 ? '1 case' : \`\${shown.length} cases\`;
    return \`\${cases} of \${rows === 1 ? '1 scenario' : \`\${rows} scenarios\`}\`;
}
const sameFilters = (one, other) => one.wanted === other.wanted &&
    one.text === other.text &&
    one.guests.join('\\0') === other.guests.join('\\0') &&
    one.tiers.join('\\0') === other.tiers.join('\\0');
const noFilters = {
    wanted: 'all',
    text: '',
    guests: [],
    tiers: [],
};
const wantedWords = [
    'failed',
    'not-run',
    'refused',
    'differs',
];
function parseHash(hash) {
    const text = hash.replace(/^#/, '');
    const mark = text.indexOf('?');
    const id = decode(mark === -1 ? text : text.slice(0, mark));
    const query = new URLSearchParams(mark === -1 ? '' : text.slice(mark + 1));
    const run = Number(query.get('run') ?? Number.NaN);
    const wanted = query.get('show') ?? 'all';
    return {
        ...(id === '' ? {} : { caseId: id }),
        ...(Number.isSafeInteger(run) && run >= 0 ? { run } : {}),
        wanted: wantedWords.includes(wanted) ? wanted : 'all',
        text: query.get('q') ?? '',
        guests: query.getAll('guest'),
        tiers: query.getAll('tier'),
    };
}
function formatHash(state) {
    const { caseId, run, wanted, text, guests, tiers } = state;
    const query = new URLSearchParams([
        ...(caseId === undefined || run === undefined || run === 0 ? [] : [['run', String(run)]]),
        ...(wanted === 'all' ? [] : [['show', wanted]]),
        ...(text === '' ? [] : [['q', text]]),
        ...guests.map((guest) => ['guest', guest]),
        ...tiers.map((tier) => ['tier', tier]),
    ]).toString();
    return \`\${caseId === undefined ? '' : caseHash(caseId)}\${query === '' ? '' : \`?\${query}\`}\`;
}
function decode(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return text;
    }
}
const body = document.getElementById('matrix-body');
if (body !== null) {
    readIndex().then((index) => startPage(index, body), (error) => {
        body.textContent = \`This browser cannot read the matrix: \${String(error)}\`;
    });
}
function startPage(index, place) {
    const model = caseModel(index);
    let state = parseHash(location.hash);
    const bar = filterBar(model, (filters) => go({ ...state, ...filters }, 'replace'));
    const tables = element('div', { class: 'tables' });
    const matrix = matrixSection(model, bar, tables);
    const dialog = caseDialog(index, {
        leave: () => {
            if (history.state === 'opened')
                history.back();
            else
                go(closed(state), 'replace');
        },
        step: (by) => {
            const all = matrix.shown();
            const at = all.findIndex(({ id, run }) => id === state.caseId && run === (state.run ?? 0));
            const next = at === -1 ? undefined : all[at + by];
            if (next !== undefined)
                go(opening(state, next), 'replace');
        },
    });
    place.replaceChildren(bar.form, tables);
    const show = () => {
        matrix.show(state);
        const one = openCase(model, state);
        if (one !== undefined)
            void dialog.open(one, surroundings(model, one));
        else if (dialog.isOpen)
            dialog.close();
    };
    const go = (next, how) => {
        state = next;
        const address = \`#\${formatHash(next)}\`;
        if (how === 'push')
            history.pushState('opened', '', address);
        else
            history.replaceState(history.state, '', address);
        show();
    };
    globalThis.addEventListener('popstate', () => {
        state = parseHash(location.hash);
        show();
    });
    document.addEventListener('click', (event) => {
        const link = event.target instanceof Element ? event.target.closest('a') : null;
        if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)
            return;
        if (link.dataset['jump'] !== undefined) {
            event.preventDefault();
            const target = document.getElementById(link.hash.slice(1));
            target?.scrollIntoView();
            return;
        }
        const { caseId, run } = parseHash(link.hash);
        const one = caseId === undefined ? undefined : openCase(model, { ...noFilters, caseId, run: run ?? 0 });
        if (one === undefined)
            return;
        event.preventDefault();
        go(opening(state, one), dialog.isOpen ? 'replace' : 'push');
    });
    bar.reset.addEventListener('click', () => go({ ...state, ...noFilters }, 'replace'));
    bar.openAll.addEventListener('click', () => matrix.openAll());
    show();
}
const opening = (state, { id, run }) => ({
    ...state,
    caseId: id,
    run,
});
const closed = ({ wanted, text, guests, tiers }) => ({
    wanted,
    text,
    guests,
    tiers,
});
function openCase({ byId }, { caseId, run }) {
    if (caseId === undefined)
        return undefined;
    const cases = byId.get(caseId) ?? [];
    return cases[run ?? -1] ?? cases.find((one) => one !== undefined);
}
function surroundings({ cases, byId, labels, tiers }, one) {
    const sameRow = cases.filter(({ scenario, guest, machine, run }) => scenario === one.scenario &&
        guest === one.guest &&
        machine === one.machine &&
        run === one.run);
    return {
        labels,
        tiers: sameRow.toSorted((a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier)),
        runs: (byId.get(one.id.toWellFormed()) ?? []).filter((other) => other !== undefined),
    };
}
`
