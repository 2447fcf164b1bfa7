<?php

declare(strict_types=1);

// Composer's autoloader where it has been run; without it, PHPUnit comes from elsewhere and there are these files to load.
if (is_file(__DIR__ . '/../vendor/autoload.php')) {
    require __DIR__ . '/../vendor/autoload.php';
} else {
    require __DIR__ . '/../src/Json.php';
    require __DIR__ . '/../src/Refused.php';
    require __DIR__ . '/../src/Customers.php';
    require __DIR__ . '/Stub.php';
}
