<?php

declare(strict_types=1);

namespace Example;

/** The API refused a request: the status, and errors by field, such as `enabled_sub_realms.0`. */
final class Refused extends \RuntimeException
{
    /** @var array<string, list<string>> */
    public readonly array $errors;

    public function __construct(public readonly int $status, array $body)
    {
        parent::__construct("$status: {$body['message']}");
        $this->errors = $body['errors'] ?? [];
    }
}
