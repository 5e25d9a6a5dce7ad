// Errors of the API as the page meets them: RFC 9457 problems, each with words that may be shown.

export interface FieldError {
  field: string;
  message: string;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(
    status: number,
    code: string,
    detail: string,
    fields: FieldError[] = [],
    retryAfter: number | null = null,
  ) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfterSeconds = retryAfter;
  }
}

export const OFFLINE = "The server cannot be reached. Check the connection and try again.";

interface Problem {
  code?: unknown;
  detail?: unknown;
  title?: unknown;
  errors?: unknown;
}

function isFieldError(value: unknown): value is FieldError {
  return typeof value === "object" && value !== null && "field" in value && "message" in value;
}

/** Turns any answer that is not a success into an error with plain words, also if a proxy and not ChatLab sent it. */
export async function problemOf(response: Response): Promise<ApiError> {
  const problem: Problem = await response.json().then(
    (body: unknown) => (typeof body === "object" && body !== null ? body : {}),
    () => ({}),
  );
  const words = [problem.detail, problem.title].find((text) => typeof text === "string" && text !== "");
  const retryAfter = Number(response.headers.get("Retry-After") ?? NaN);
  return new ApiError(
    response.status,
    typeof problem.code === "string" ? problem.code : `http_${String(response.status)}`,
    typeof words === "string"
      ? words
      : `The server answered ${String(response.status)}. Try again in a moment.`,
    Array.isArray(problem.errors) ? problem.errors.filter(isFieldError) : [],
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

/** Words to show for anything that was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof ApiError ? error.message : "Something went wrong on this page. Load it again.";
}
