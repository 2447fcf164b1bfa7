<?php

declare(strict_types=1);

namespace Example\Tests;

use Example\Json;

/** A running stub: a process of its own on a free port. */
final class Stub
{
    /** @param resource $process */
    private function __construct(public readonly string $baseUrl, private $process)
    {
    }

    public static function start(): self
    {
        // Without --listen it takes a port that is free, and its first line says which.
        $streams = [0 => ['file', '/dev/null', 'r'], 1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']];
        $process = proc_open(['cloudlx', 'stub', '--control'], $streams, $pipes);
        if ($process === false) {
            throw new \RuntimeException('expected cloudlx on the path, found none');
        }
        $line = fgets($pipes[1]);
        if (!preg_match('/^listening on (\S+)$/', (string) $line, $found)) {
            throw new \RuntimeException('expected to hear where the stub listens, found ' . var_export($line, true));
        }
        return new self($found[1], $process);
    }

    /** Arms faults of requests in the place of those that were armed; their form: `cloudlx schema faults`. */
    public function arm(array ...$faults): void
    {
        $answer = Json::ask('PUT', "$this->baseUrl/__stub/faults", ['requests' => $faults]);
        if ($answer->status !== 200) {
            throw new \RuntimeException($answer->body['message']);
        }
    }

    /** How many requests each fault hit. */
    public function hits(): array
    {
        return array_column(Json::ask('GET', "$this->baseUrl/__stub/faults")->body['requests'], 'hit');
    }

    public function stop(): void
    {
        proc_terminate($this->process);
        proc_close($this->process);
    }
}
