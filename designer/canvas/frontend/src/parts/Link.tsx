/** A link to another page of the app: an ordinary address, followed without loading the page anew. */
import type { ReactNode } from "react";

import { useHost } from "../hooks/useHost";
import type { Go } from "../wire";

export function address(page: Go["page"], query: Record<string, string>): string {
  const search = new URLSearchParams(query).toString();
  return `${page === "design" ? "/" : `/${page}`}${search ? `?${search}` : ""}`;
}

export function Link({ page, query = {}, children, className }: { page: Go["page"]; query?: Record<string, string>; children: ReactNode; className?: string }) {
  const host = useHost();
  return (
    <a className={className} href={address(page, query)} onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
      event.preventDefault();
      host.command({ do: "go", page, query });
    }}>
      {children}
    </a>
  );
}
