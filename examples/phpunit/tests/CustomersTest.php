<?php

declare(strict_types=1);

namespace Example\Tests;

use Example\Customers;
use Example\Refused;
use PHPUnit\Framework\TestCase;

/** Each test has a stub of its own, so that none sees what another created. */
final class CustomersTest extends TestCase
{
    private const EXAMPLE = [
        'name' => 'Example Company',
        'currency_iso' => 'GBP',
        'country_iso' => 'GB',
        'realms' => [1, 2, 7],
        'shown_sub_realms' => [313, 328],
        'enabled_sub_realms' => [313],
    ];

    private const UNAVAILABLE = ['before' => ['answer' => ['status' => 503, 'retry_after' => ['seconds' => 0]]]];

    private Stub $stub;
    private Customers $customers;

    protected function setUp(): void
    {
        $this->stub = Stub::start();
        $this->customers = new Customers($this->stub->baseUrl, 'stub', 'stub');
    }

    protected function tearDown(): void
    {
        $this->stub->stop();
    }

    public function testEveryTestHasAStubOfItsOwn(): void
    {
        self::assertSame([], $this->customers->list());
    }

    public function testACreatedCustomerIsInTheList(): void
    {
        $created = $this->customers->create(self::EXAMPLE);
        $listed = $this->customers->list();
        self::assertSame([[$created['id'], 'Example Company']], array_map(
            fn (array $customer) => [$customer['id'], $customer['name']],
            $listed,
        ));
    }

    public function testASubRealmCannotBeEnabledUnlessItIsShown(): void
    {
        try {
            $this->customers->create(['shown_sub_realms' => [328]] + self::EXAMPLE);
            self::fail('it was not refused');
        } catch (Refused $refused) {
            self::assertSame(422, $refused->status);
            self::assertSame(['enabled_sub_realms.0'], array_keys($refused->errors));
        }
        self::assertSame([], $this->customers->list());
    }

    public function testACreateThatWasNotProcessedIsTriedAgain(): void
    {
        $this->stub->arm(['endpoint' => 'create_customer', 'times' => 1, 'do' => self::UNAVAILABLE]);

        $this->customers->create(self::EXAMPLE);

        self::assertSame([1], $this->stub->hits());
        self::assertCount(1, $this->customers->list());
    }

    public function testItGivesUpWhenItNeverGetsThrough(): void
    {
        $this->stub->arm(['endpoint' => 'create_customer', 'do' => self::UNAVAILABLE]);

        try {
            $this->customers->create(self::EXAMPLE, tries: 2);
            self::fail('it got through');
        } catch (Refused $refused) {
            self::assertSame(503, $refused->status);
        }
        self::assertSame([2], $this->stub->hits());
        self::assertSame([], $this->customers->list());
    }
}
