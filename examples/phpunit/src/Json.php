<?php

declare(strict_types=1);

namespace Example;

/** JSON over HTTP with nothing but PHP's own streams. */
final class Json
{
    /** @param list<string> $headers */
    private function __construct(
        public readonly int $status,
        public readonly array $headers,
        public readonly array $body,
    ) {
    }

    /** Sends a request and reads its answer, whatever its status. */
    public static function ask(string $method, string $url, ?array $body = null, array $headers = []): self
    {
        $content = $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR);
        $context = stream_context_create(['http' => [
            'method' => $method,
            'header' => ['Content-Type: application/json', ...$headers],
            'content' => $content,
            'ignore_errors' => true,
            'timeout' => 10,
        ]]);
        $stream = fopen($url, 'r', false, $context);
        if ($stream === false) {
            throw new \RuntimeException("no answer from $url");
        }
        $headers = stream_get_meta_data($stream)['wrapper_data'];
        $status = (int) explode(' ', $headers[0])[1];
        return new self($status, $headers, json_decode(stream_get_contents($stream), true, 512, JSON_THROW_ON_ERROR));
    }

    /** The value of a header. */
    public function header(string $name): ?string
    {
        foreach ($this->headers as $line) {
            [$there, $value] = explode(':', $line, 2) + [1 => ''];
            if (strcasecmp($there, $name) === 0) {
                return trim($value);
            }
        }
        return null;
    }
}
