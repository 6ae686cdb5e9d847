// Draws the charts of a report with uPlot, over the pictures that are there without it. Their data is in the
// page; nothing is loaded.
'use strict';
(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const places = [...document.querySelectorAll('.plot')];
  const dashes = [[], [9, 4], [2, 4], [9, 3, 2, 3], [5, 5], [14, 4]];
  let drawn = [];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const series_colour = (i) => colour(`--c${i % 6}`);

  function time_text(ms) {
    if (ms == null) return '–';
    if (ms < 0.9995) return `${Math.round(ms * 1000)} us`;
    const digits = (value) => (value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2));
    return ms < 999.5 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
  }
  const tick_text = (ms) => (ms < 0.999 ? `${+(ms * 1000).toPrecision(3)} us` : ms < 999 ? `${+ms.toPrecision(3)} ms` : `${+(ms / 1000).toPrecision(3)} s`);
  function number_text(value) {
    if (value == null) return '–';
    const [scaled, unit] = value >= 1e6 ? [value / 1e6, 'M'] : value >= 1e3 ? [value / 1e3, 'k'] : [value, ''];
    return `${+scaled.toPrecision(3)}${unit}`;
  }

  const axis = (more) => ({
    stroke: colour('--soft'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line'), width: 1},
    font: '13px system-ui, sans-serif', labelFont: '13px system-ui, sans-serif', labelSize: 22, ...more});
  /** Lines at 1, 2, 3, ... of each decade; uPlot's own begin at the lower end, wherever that is. */
  function decade_splits(low, high) {
    const splits = [];
    for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); ++decade) {
      for (let digit = 1; digit <= 9; ++digit) {
        const at = digit * 10 ** decade;
        if (at >= low && at <= high) splits.push(at);
      }
    }
    return splits;
  }
  const time_axis = (label) => axis({size: 70, label, splits: (u, i, low, high) => decade_splits(low, high),
    values: (u, splits) => splits.map((ms) => (ms == null ? '' : tick_text(ms))),
    // All get a line; how many get a number depends on how many decades there are.
    filter: (u, splits) => splits.map((ms) => {
      const digit = Math.round(ms / 10 ** Math.floor(Math.log10(ms) + 1e-9));
      const decades = Math.log10(u.scales.y.max / u.scales.y.min);
      return [1, ...(decades < 2.5 ? [2, 5] : []), ...(decades < 0.8 ? [3, 4, 6, 8] : [])].includes(digit) ? ms : null;
    })});
  const log_times = {distr: 3, log: 10, range: (u, low, high) => {
    if (low == null || high == null) return [1, 10];
    return [low / 1.2, Math.max(high * 1.2, low * 2)];
  }};
  const line = (name, i, more) => ({label: name, stroke: series_colour(i), width: 2.2, dash: dashes[i % 6], points: {show: false}, ...more});
  const size_of = (place, height) => ({width: Math.max(280, place.clientWidth), height: Math.min(height, Math.max(240, place.clientWidth * 0.62))});

  /** Ticks that have room, from those that were given. */
  function ticks_with_room(u, ticks) {
    const {min, max} = u.scales.x;
    let last = -1e9;
    return ticks.filter(([at]) => at >= min - 1e-9 && at <= max + 1e-9).filter(([at, label]) => {
      const x = u.valToPos(at, 'x');
      if (x - last < label.length * 8 + 10) return false;
      last = x;
      return true;
    });
  }

  function rule_hook(data) {
    return (u) => {
      if (data.rule == null) return;
      const y = u.valToPos(data.rule, 'y', true);
      const {left, top, width, height} = u.bbox;
      if (y < top || y > top + height) return;
      u.ctx.save();
      u.ctx.strokeStyle = u.ctx.fillStyle = colour('--bad');
      u.ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
      u.ctx.beginPath();
      u.ctx.moveTo(left, y);
      u.ctx.lineTo(left + width, y);
      u.ctx.stroke();
      u.ctx.font = `${13 * devicePixelRatio}px system-ui, sans-serif`;
      u.ctx.textAlign = 'left';
      u.ctx.textBaseline = 'alphabetic';
      u.ctx.fillText(data.rule_label, left + 6 * devicePixelRatio, y - 6 * devicePixelRatio);
      u.ctx.restore();
    };
  }

  /** Dots that are filled where the load was held. */
  function dots_hook(data) {
    return (u) => {
      data.lines.forEach((one, i) => one.x.forEach((x, at) => {
        if (!one.hollow.length || x < u.scales.x.min || x > u.scales.x.max) return;
        u.ctx.save();
        u.ctx.beginPath();
        u.ctx.arc(u.valToPos(x, 'x', true), u.valToPos(one.y[at], 'y', true), 5 * devicePixelRatio, 0, 2 * Math.PI);
        u.ctx.fillStyle = one.hollow[at] ? colour('--paper') : series_colour(i);
        u.ctx.strokeStyle = series_colour(i);
        u.ctx.lineWidth = 2 * devicePixelRatio;
        u.ctx.fill();
        u.ctx.stroke();
        u.ctx.restore();
      }));
    };
  }

  function draw_plot(place, data) {
    // A load that was tried several times has one value on a line: the last; the dots show all.
    const times = data.lines.flatMap((one) => one.y).concat(data.rule ?? []);
    const lowest = Math.min(...times), highest = Math.max(...times);
    const table = uPlot.join(data.lines.map((one) => {
      const last = new Map(one.x.map((x, i) => [x, one.y[i]]));
      return [[...last.keys()], [...last.values()]];
    }));
    const percent = (x) => `${+(100 * (1 - 10 ** -x)).toPrecision(6)} %`;
    const first = data.ticks.length ? data.ticks[0][0] : 0, last = data.ticks.length ? data.ticks[data.ticks.length - 1][0] : 1;
    return [new uPlot({
      ...size_of(place, 420),
      scales: {x: {time: false, distr: data.x_log ? 3 : 1, range: (u, low, high) => (low == null ? [first, last] :
        low <= table[0][0] && high >= table[0][table[0].length - 1] ? [first, last] : [low, high])},
        y: {...log_times, range: (u, low, high) => (data.lines.some((one) => one.hollow.length) || low == null
          ? log_times.range(u, lowest, highest) : log_times.range(u, low, high))}},
      axes: [axis({label: data.x_title, splits: (u) => ticks_with_room(u, data.ticks).map(([at]) => at),
        values: (u, splits) => splits.map((at) => (data.ticks.find(([tick]) => Math.abs(tick - at) < 1e-9) || [0, ''])[1]),
        filter: (u, splits) => splits}), time_axis(data.y_title)],
      series: [{label: data.x_log ? data.x_title : 'of all messages', value: (u, x) => (x == null ? '–' : data.x_log ? number_text(x) : percent(x))},
        ...data.lines.map((one, i) => line(one.name, i, {spanGaps: true, value: (u, ms) => time_text(ms)}))],
      cursor: {drag: {x: true, y: false}, focus: {prox: 24}},
      hooks: {draw: [rule_hook(data), dots_hook(data)]},
    }, table, place)];
  }

  function heat_hook(data) {
    const most = Math.max(1, ...data.columns.flatMap(([, cells]) => cells.map(([, count]) => count)));
    return (u) => {
      const {left, top, width, height} = u.bbox;
      u.ctx.save();
      u.ctx.beginPath();
      u.ctx.rect(left, top, width, height);
      u.ctx.clip();
      u.ctx.fillStyle = series_colour(0);
      for (const [begin, cells] of data.columns) {
        const x = u.valToPos(begin, 'x', true), next = u.valToPos(begin + data.step_s, 'x', true);
        for (const [row, count] of cells) {
          const low = u.valToPos(10 ** (row / data.rows_per_decade), 'y', true);
          const high = u.valToPos(10 ** ((row + 1) / data.rows_per_decade), 'y', true);
          u.ctx.globalAlpha = 0.14 + 0.86 * Math.sqrt(Math.log1p(count) / Math.log1p(most));
          u.ctx.fillRect(x, high, Math.max(1, next - x), Math.max(1, low - high));
        }
      }
      u.ctx.restore();
    };
  }

  function draw_heat(place, data) {
    const at = data.columns.map(([begin]) => begin + data.step_s / 2);
    const rows = data.columns.flatMap(([, cells]) => cells.map(([row]) => row));
    const low = 10 ** (Math.min(...rows, 0) / data.rows_per_decade), high = 10 ** ((Math.max(...rows, -20) + 1) / data.rows_per_decade);
    const end = data.columns.length ? data.columns[data.columns.length - 1][0] + data.step_s : 1;
    const begin = Math.min(0, data.columns.length ? data.columns[0][0] : 0);
    const all = (u, from, to) => (from == null || (from <= at[0] && to >= at[at.length - 1]) ? [begin, end] : [from, to]);
    return [new uPlot({
      ...size_of(place, 340),
      scales: {x: {time: false, range: all}, y: {distr: 3, log: 10, range: () => [low / 1.05, Math.max(high * 1.05, low * 2)]}},
      axes: [axis({label: 'seconds since the measurement began'}), time_axis('delivered after')],
      series: [{label: 'at', value: (u, s) => (s == null ? '–' : `${s.toFixed(1)} s`)},
        {label: 'p50', stroke: colour('--ink'), width: 1.6, points: {show: false}, value: (u, ms) => time_text(ms)},
        {label: 'p99', stroke: series_colour(1), width: 1.8, dash: [6, 3], points: {show: false}, value: (u, ms) => time_text(ms)}],
      cursor: {drag: {x: true, y: false}, y: false},
      hooks: {drawAxes: [heat_hook(data)]},
    }, [at, data.columns.map(([, , p50]) => p50), data.columns.map(([, , , p99]) => p99)], place)];
  }

  function draw_flow(place, data) {
    const sync = {key: 'flow'};
    const from_zero = {range: (u, low, high) => [0, Math.max(1, high * 1.15)]};
    const one_chart = (what, label, height) => new uPlot({
      ...size_of(place, height),
      scales: {x: {time: false}, y: from_zero},
      axes: [axis({label: what === 'rate' ? undefined : 'seconds since the measurement began', labelSize: what === 'rate' ? 0 : 22}),
        axis({size: 70, label, values: (u, splits) => splits.map(number_text)})],
      series: [{label: 'at', value: (u, s) => (s == null ? '–' : `${s.toFixed(1)} s`)},
        ...data.series.map((one, i) => line(one.name || label, i, {spanGaps: true, value: (u, value) => number_text(value)}))],
      cursor: {drag: {x: true, y: false}, y: false, sync},
    }, uPlot.join(data.series.map((one) => [one.at, one[what]])), place);
    return [one_chart('rate', 'deliveries/s', 240), one_chart('backlog', 'backlog', 200)];
  }

  function draw_login(place, data) {
    const at = data.labels.map((_, i) => i);
    return [new uPlot({
      ...size_of(place, 280),
      scales: {x: {time: false, range: () => [-0.4, at.length - 0.6]}, y: {range: (u, low, high) => [0, Math.max(high * 1.15, 0.001)]}},
      axes: [axis({label: 'order of logins', splits: (u) => ticks_with_room(u, at.map((i) => [i, data.labels[i]])).map(([i]) => i),
        values: (u, splits) => splits.map((i) => data.labels[i] ?? '')}), axis({size: 70, label: 'mean delivery', values: (u, splits) => splits.map((ms) => (ms === 0 ? '0' : tick_text(ms)))})],
      series: [{label: 'logins', value: (u, i) => (i == null ? '–' : data.labels[i])},
        ...data.series.map((one, i) => line(one.name || 'mean delivery', i, {points: {show: true, size: 8, fill: series_colour(i)}, value: (u, ms) => time_text(ms)}))],
      cursor: {drag: {x: false, y: false}, y: false},
    }, [at, ...data.series.map((one) => one.ms)], place)];
  }

  const kinds = {plot: draw_plot, heat: draw_heat, flow: draw_flow, login: draw_login};

  function draw_all() {
    drawn.flat().forEach((chart) => chart.destroy());
    drawn = charts.map(({kind, data}, i) => {
      const place = places[i];
      place.textContent = '';
      const made = kinds[kind](place, data);
      if (kind !== 'login') {
        const hint = document.createElement('p');
        hint.className = 'hint';
        hint.textContent = 'Drag to zoom, double-click to see all.';
        place.append(hint);
      }
      return made;
    });
  }

  draw_all();
  let width = document.body.clientWidth;
  new ResizeObserver(() => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    draw_all();
  }).observe(document.body);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw_all);
  // Paper is white, whatever the screen is.
  const print = (is_printing) => {
    document.documentElement.classList.toggle('printing', is_printing);
    draw_all();
  };
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
})();
