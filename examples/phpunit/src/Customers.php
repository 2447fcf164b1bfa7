<?php

declare(strict_types=1);

namespace Example;

/** The program that the tests are about: it creates customers, and tries again when the API has no time. */
final class Customers
{
    private readonly string $token;

    public function __construct(private readonly string $baseUrl, string $clientId, string $clientSecret)
    {
        $answer = Json::ask('POST', "$baseUrl/api/oauth2/access-token", [
            'grant_type' => 'client_credentials',
            'client_id' => $clientId,
            'client_secret' => $clientSecret,
        ]);
        $this->token = self::read($answer)['access_token'];
    }

    /** Creates a customer. A 503 with `Retry-After` says that nothing was created: only then it is safe to try again. */
    public function create(array $customer, int $tries = 3): array
    {
        $answer = $this->ask('POST', $customer);
        $after = $answer->header('Retry-After');
        if ($answer->status !== 503 || $after === null || $tries <= 1) {
            return self::read($answer);
        }
        sleep((int) $after);
        return $this->create($customer, $tries - 1);
    }

    /** @return list<array> */
    public function list(): array
    {
        return self::read($this->ask('GET'))['customers'];
    }

    private function ask(string $method, ?array $body = null): Json
    {
        $headers = ['Accept: application/vnd.cloudlx.v1+json', "Authorization: Bearer $this->token"];
        return Json::ask($method, "$this->baseUrl/api/customers", $body, $headers);
    }

    private static function read(Json $answer): array
    {
        if ($answer->status !== 200) {
            throw new Refused($answer->status, $answer->body);
        }
        return $answer->body;
    }
}
