// What the server says about itself, as components ask for it.
import { queryOptions } from "@tanstack/react-query";
import { readConfig } from "./config";

export const configQuery = queryOptions({ queryKey: ["config"], staleTime: Infinity, queryFn: readConfig });
