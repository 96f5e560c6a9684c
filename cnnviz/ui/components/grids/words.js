/** What is pointed at, in words. */

/** @param {string} one @param {number[]} numbers rising
 *  @returns {string} "row 2", "rows 2–4", "rows 1, 3, 5", "rows −1 to 1" or "rows 1, 3 … 9" */
function span(one, numbers) {
  if (!numbers.length) return `no ${one}`;
  const [first, last] = [numbers[0], numbers[numbers.length - 1]];
  if (numbers.length === 1) return `${one} ${signed(first)}`;
  if (last - first === numbers.length - 1) return `${one}s ${signed(first)}${first < 0 ? " to " : "–"}${last}`;
  const shown = numbers.length > 4 ? `${signed(first)}, ${signed(numbers[1])} … ${last}` : numbers.map(signed).join(", ");
  return `${one}s ${shown}`;
}

/** A number with a proper minus. @param {number} number */
function signed(number) {
  return number < 0 ? `−${-number}` : String(number);
}

/** @param {number} count @param {string} one @param {string} many */
function counted(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

/** @param {number[]} numbers @param {number} size */
function inside(numbers, size) {
  return numbers.filter((n) => n >= 0 && n < size);
}

/** @param {string} panel @param {number} row @param {number} column @param {Lit} rows @param {Lit} columns
 *  @param {GridData} data */
function describe(panel, row, column, rows, columns, data) {
  const where = `(${signed(row)}, ${signed(column)})`;
  const outs = [inside(rows.outs, data.rows.outSize), inside(columns.outs, data.columns.outSize)];
  const fed = outs[0].length * outs[1].length;
  const cut = rows.outs.length * columns.outs.length - fed;
  if (panel === "output") return describeOutput(where, row, column, rows, columns, data);
  if (panel === "kernel")
    return `Weight ${where} meets input ${span("row", rows.positions)} and ${span("column", columns.positions)}.`;
  const name = rows.cells.length && columns.cells.length && row >= 0 && column >= 0
    && row < data.rows.inSize && column < data.columns.inSize ? "Input" : "Padding";
  const cropped = cut ? `, ${cut} more cut off by the padding` : "";
  if (fed) return `${name} ${where} feeds ${counted(fed, "output", "outputs")}: ${span("row", outs[0])}, `
    + `${span("column", outs[1])}${cropped}.`;
  if (data.rows.dropped.includes(row) || data.columns.dropped.includes(column))
    return `${name} ${where} is dropped: rounding down leaves no room for another window.`;
  return `${name} ${where} is read by no output${cropped}.`;
}

/** @param {string} where @param {number} row @param {number} column @param {Lit} rows @param {Lit} columns
 *  @param {GridData} data */
function describeOutput(where, row, column, rows, columns, data) {
  if (row < 0 || column < 0 || row >= data.rows.outSize || column >= data.columns.outSize)
    return `Output ${where} is cut off by the padding.`;
  const count = rows.positions.length * columns.positions.length;
  if (!count) return `Output ${where} is reached by no input: it holds the bias alone.`;
  const real = inside(rows.positions, data.rows.inSize).length * inside(columns.positions, data.columns.inSize).length;
  const padding = count - real ? `, ${count - real} of them padding` : "";
  const by = data.divisor ? data.divisor
    : data.divisors ? data.divisors[0][row] * data.divisors[1][column] : 0;
  const divided = by ? `, sum divided by ${by}` : "";
  return `Output ${where} reads ${span("row", rows.positions)} and ${span("column", columns.positions)}: `
    + `${counted(count, "cell", "cells")}${padding}${divided}.`;
}
