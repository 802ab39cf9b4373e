/** A plain table of cells, every one of them shown as text. */
import { isSpecial, value } from "../core/format";

export function DataTable({ columns, rows, total, label }: { columns: readonly string[]; rows: readonly (readonly unknown[])[]; total: number; label: string }) {
  return (
    <div className="section">
      <div className="table-scroll" style={{ maxHeight: 360 }} tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead><tr>{columns.map((column) => <th scope="col" key={column}>{column}</th>)}</tr></thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((cell, k) => (
                  <td key={k} className={cell === null ? "null" : typeof cell === "number" || isSpecial(cell) ? "right" : ""}>{cell === null ? "none" : value(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > rows.length && <p className="small muted">The first {rows.length.toLocaleString("en-US")} of {total.toLocaleString("en-US")} rows.</p>}
    </div>
  );
}
